namespace HftDelta.Tests.Engine.Rules;

/// <summary>
/// The names of one example's orders. A name means a client order id of its account: the next one when it is first said, so
/// ids increase as the example is read, and the same one when it is said again.
/// </summary>
internal sealed class ExampleNames
{
    private readonly Dictionary<(uint Account, string Name), ulong> _ids = [];
    private readonly Dictionary<(uint Account, ulong Id), string> _names = [];
    private readonly Dictionary<string, uint> _owners = [];
    private readonly Dictionary<(uint Account, string Name), uint> _instruments = [];

    public ulong IdOf(uint account, string name, uint instrument = 1)
    {
        if (!_ids.TryGetValue((account, name), out var id))
        {
            id = (ulong)_ids.Count + 1;
            _ids.Add((account, name), id);
            _names.Add((account, id), name);
            _instruments.Add((account, name), instrument);
            _owners.TryAdd(name, account);
        }

        return id;
    }

    /// <summary>Where the order was when its name was first said.</summary>
    public uint InstrumentOf(uint account, string name) => _instruments.GetValueOrDefault((account, name), 1U);

    /// <summary>The account that said the name first.</summary>
    public uint OwnerOf(string name) =>
        _owners.TryGetValue(name, out var account) ? account : throw new FormatException($"nobody named '{name}' yet");

    public string NameOf(uint account, ulong id) => _names.GetValueOrDefault((account, id), $"{account}/{id}");
}
