using System.Globalization;
using System.Reflection;
using System.Text;
using HftDelta.Engine;
using HftDelta.Engine.State;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// The whole state of an engine as text, for people and for <c>diff</c>: what a snapshot holds, one JSON object a line. The first
/// line says which state, then comes each component's hash, then every object and every record of a table that is not all zero,
/// in an order that only the program decides. What keeps the sums of the hashes up to date is left out. Two engines that did the
/// same have the same text. One thread, between commands.
/// </summary>
public static unsafe class StateDump
{
    /// <summary>Words of a table that fit a line.</summary>
    private const int WordsPerLine = 16;

    private const int ScannedAtOnceBytes = 1 << 30;

    /// <param name="processor">Of the engine.</param>
    /// <param name="output">Takes the lines.</param>
    public static void Write(CommandProcessor processor, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(processor);
        ArgumentNullException.ThrowIfNull(output);

        // Asking folds what changed into the sums, so that it does not matter whether somebody asked before.
        var components = processor.StateComponents();
        var history = processor.HistoryHash;
        output.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"schema\":\"hftdelta.state-dump/1\",\"sequence\":{processor.LastSequence.Value},\"timeNanos\":"
            + $"{processor.LastTime.Value},\"stateHash\":\"{components.Total}\",\"historyHash\":\"{history}\"}}\n"));
        foreach (var type in Enum.GetValues<StateRecordType>())
        {
            output.Write($"{{\"component\":\"{type}\",\"hash\":\"{components.Of(type)}\"}}\n");
        }

        new Walk(output).Run(processor);
    }

    private sealed class Walk(TextWriter output)
    {
        private readonly StateFields _fields = StateFields.All;
        private readonly Dictionary<object, string> _objects = new(ReferenceEqualityComparer.Instance);
        private readonly SlabMap<(string Path, int RecordBytes)> _slabs = new();
        private readonly List<(string Path, object Target, FieldForm Form)> _found = [];
        private readonly StringBuilder _line = new();

        public void Run(object root)
        {
            Find(root, root.GetType(), FieldForm.Object, "");
            foreach (var (path, target, form) in _found)
            {
                switch (form)
                {
                    case FieldForm.Slab:
                        var memory = ValueCodec.Of(target.GetType().GetGenericArguments()[0]).MemoryOf(target);
                        Table(path, target.GetType().GetGenericArguments()[0], memory.Pointer, memory.LengthBytes);
                        break;
                    case FieldForm.Values:
                        var element = target.GetType().GetElementType()!;
                        fixed (byte* bytes = ValueCodec.Of(element).BytesOf((Array)target))
                        {
                            Table(path, element, bytes, ValueCodec.Of(element).BytesOf((Array)target).Length);
                        }

                        break;
                    default:
                        Members(path, target);
                        break;
                }
            }
        }

        // Everything first, for an address may point to what comes later.
        private void Find(object? target, Type declared, FieldForm form, string path)
        {
            if (target is null || (form != FieldForm.Struct && !_objects.TryAdd(target, path)))
            {
                return;
            }

            if (form != FieldForm.Objects)
            {
                _found.Add((path, target, form));
            }

            switch (form)
            {
                case FieldForm.Slab:
                    var codec = ValueCodec.Of(declared.GetGenericArguments()[0]);
                    var memory = codec.MemoryOf(target);
                    _slabs.Add((nuint)memory.Pointer, memory.LengthBytes, (path, codec.SizeBytes));
                    break;
                case FieldForm.Objects:
                    for (var index = 0; index < ((Array)target).Length; index++)
                    {
                        Find(((Array)target).GetValue(index), declared.GetElementType()!, FieldForm.Object, $"{path}[{index}]");
                    }

                    break;
                case FieldForm.Object or FieldForm.Struct:
                    foreach (var field in _fields.Of(declared))
                    {
                        if (field.Form is FieldForm.Value or FieldForm.Address || IsOfHashing(field))
                        {
                            continue;
                        }

                        Find(field.Info.GetValue(target), field.Info.FieldType, field.Form, PathOf(path, field));
                    }

                    break;
            }
        }

        // What each record adds to its sum follows from the record; what waits for that depends on when somebody asked.
        private static bool IsOfHashing(StateField field) =>
            field.Info.FieldType.IsGenericType && field.Info.FieldType.GetGenericTypeDefinition() == typeof(RecordTracker<>);

        private static string PathOf(string path, StateField field) =>
            path.Length == 0 ? ValueText.NameOf(field.Info) : $"{path}.{ValueText.NameOf(field.Info)}";

        private void Members(string path, object target)
        {
            var isFirst = true;
            foreach (var field in _fields.Of(target.GetType()).Where(field => !IsOfHashing(field)))
            {
                var value = field.Info.GetValue(target);
                var isTold = field.Form is FieldForm.Value or FieldForm.Address || value is null
                    || (field.Form != FieldForm.Struct && _objects[value] != PathOf(path, field));
                if (!isTold)
                {
                    // Has lines of its own.
                    continue;
                }

                _line.Append(isFirst ? $"{{\"at\":\"{path}\",\"fields\":{{\"" : ",\"");
                _line.Append(ValueText.NameOf(field.Info)).Append("\":");
                isFirst = false;
                Member(field, value);
            }

            if (!isFirst)
            {
                EndLine("}}");
            }
        }

        private void Member(StateField field, object? value)
        {
            switch (field.Form)
            {
                case FieldForm.Value:
                    fixed (byte* bytes = ValueCodec.Of(field.Info.FieldType).BytesOf(value!))
                    {
                        ValueText.Of(field.Info.FieldType).Write(bytes, _line, PlaceOf);
                    }

                    break;
                case FieldForm.Address:
                    var address = (nuint)Pointer.Unbox(value!);
                    _line.Append(address == 0 ? "null" : $"\"{PlaceOf(address)}\"");
                    break;
                default:
                    _line.Append(value is null ? "null" : $"\"{_objects[value]}\"");
                    break;
            }
        }

        private void Table(string path, Type element, byte* bytes, long lengthBytes)
        {
            var text = ValueText.Of(element);
            var perLine = text.IsScalar ? WordsPerLine : 1;
            var size = ValueCodec.Of(element).SizeBytes;
            var rowBytes = (long)size * perLine;
            for (var at = 0L; (at = NextUsed(bytes, at, lengthBytes)) < lengthBytes;)
            {
                at = at / rowBytes * rowBytes;
                var end = Math.Min(at + rowBytes, lengthBytes);
                Row($"{path}[{at / size}]", text, bytes + at, (int)((end - at) / size), size);
                at = end;
            }
        }

        private static long NextUsed(byte* bytes, long at, long lengthBytes)
        {
            while (at < lengthBytes)
            {
                var length = (int)Math.Min(ScannedAtOnceBytes, lengthBytes - at);
                var used = new ReadOnlySpan<byte>(bytes + at, length).IndexOfAnyExcept((byte)0);
                if (used >= 0)
                {
                    return at + used;
                }

                at += length;
            }

            return lengthBytes;
        }

        private void Row(string path, ValueText text, byte* bytes, int count, int size)
        {
            _line.Append($"{{\"at\":\"{path}\",\"").Append(text.IsScalar ? "values\":[" : "record\":");
            for (var index = 0; index < count; index++)
            {
                _line.Append(index > 0 ? "," : "");
                text.Write(bytes + (index * size), _line, PlaceOf);
            }

            EndLine(text.IsScalar ? "]}" : "}");
        }

        private void EndLine(string end)
        {
            _line.Append(end).Append('\n');
            output.Write(_line);
            _line.Clear();
        }

        private string PlaceOf(nuint address)
        {
            if (_slabs.TryFind(address, out var slab, out var offset))
            {
                var inside = offset % slab.RecordBytes;
                return $"{slab.Path}[{offset / slab.RecordBytes}]{(inside == 0 ? "" : $"+{inside}")}";
            }

            throw new NotSupportedException("an address of the state points to memory that no slab of it holds");
        }
    }
}
