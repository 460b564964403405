using System.Collections.Generic;
using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>Which C# name each type and message of a schema has; fixed before anything is written, messages first.</summary>
internal sealed class EmitPlan
{
    private readonly Dictionary<SchemaType, string> _typeNames = [];
    private readonly Dictionary<Message, string> _messageNames = [];
    private readonly Dictionary<object, FieldNames> _members = [];
    private readonly NameScope _scope = new();

    public EmitPlan(MessageSchema schema, EmitOptions options)
    {
        Schema = schema;
        Options = options;
        foreach (string suffix in new[] { "Schema", "Printer" })
            _scope.Take(options.SchemaName + suffix);
        _scope.Take($"I{options.SchemaName}Visitor");
        foreach (string name in SupportSource.Names)
            _scope.Take(name);
        foreach (Message message in schema.Messages)
            _messageNames[message] = TakePair(NameScope.Pascal(message.Name));
        foreach (SchemaType type in schema.Types)
            Name(type, "");
        Name(schema.Header, "");
        foreach (SchemaType type in schema.Types)
            NameInner(type);
    }

    public MessageSchema Schema { get; }

    public EmitOptions Options { get; }

    public bool BigEndian => Schema.BigEndian;

    public CompositeType Header => Schema.Header;

    public int HeaderLength => Schema.Header.SizeBytes;

    /// <summary>Every type that gets C# code, in order, those declared inside composites included.</summary>
    public List<SchemaType> Emitted { get; } = [];

    public string SupportPrefix => $"global::{Options.SupportNamespace}.";

    public string TypePrefix => $"global::{Options.TargetNamespace}.";

    public string NameOf(Message message) => _messageNames[message];

    public string NameOf(SchemaType type) => _typeNames[type];

    public string Qualified(SchemaType type) => TypePrefix + _typeNames[type];

    public string DecoderOf(CompositeType type) => Qualified(type) + "Decoder";

    public string EncoderOf(CompositeType type) => Qualified(type) + "Encoder";

    /// <summary>The member names of a message, of the entries of a group or of a composite; the same for all that ask.</summary>
    public FieldNames NamesOf(Block block)
    {
        string own = block is Message message ? NameOf(message) : NameScope.Pascal(block.Name);
        string[] structs = block is Message
            ? [own, own + "Decoder", own + "Encoder"]
            : [own + "GroupDecoder", own + "GroupEncoder", "Entry", "Enumerator"];
        return Remember(block, () => new FieldNames(structs, block.Fields, block));
    }

    public FieldNames NamesOf(CompositeType type)
    {
        string own = NameOf(type);
        return Remember(type, () => new FieldNames([own, own + "Decoder", own + "Encoder"], type.Members, null));
    }

    private FieldNames Remember(object key, System.Func<FieldNames> make)
    {
        if (!_members.TryGetValue(key, out FieldNames? names))
            _members[key] = names = make();
        return names;
    }

    private void NameInner(SchemaType type)
    {
        if (type is not CompositeType composite)
            return;
        foreach (Field member in composite.Members)
        {
            if (_typeNames.ContainsKey(member.Type))
                continue;
            Name(member.Type, composite.Name);
            NameInner(member.Type);
        }
    }

    private void Name(SchemaType type, string owner)
    {
        if (type is EncodedType or CompositeType { IsVariable: true } || _typeNames.ContainsKey(type))
            return;
        string name = NameScope.Pascal(type.Name);
        bool taken = type is CompositeType ? !PairIsFree(name) : !_scope.IsFree(name);
        if (taken && owner.Length > 0)
            name = NameScope.Pascal(owner) + name;
        _typeNames[type] = type is CompositeType ? TakePair(name) : _scope.Take(name);
        Emitted.Add(type);
    }

    private bool PairIsFree(string name) => _scope.IsFree(name + "Decoder") && _scope.IsFree(name + "Encoder");

    private string TakePair(string name)
    {
        while (!PairIsFree(name))
            name += "_";
        _scope.Take(name + "Decoder");
        _scope.Take(name + "Encoder");
        return name;
    }
}
