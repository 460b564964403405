using System.Text.Json;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Config;

/// <summary>
/// What stands in a configuration file (<c>hftdelta.json</c>): under <c>start</c> options of that verb, and under
/// <c>threads</c> what was decided for single agents. Comments and trailing commas are welcome, unknown keys are not. Nothing
/// is thrown for what is wrong in it: all of it stands in <see cref="Faults"/>. Immutable once it is read.
/// </summary>
internal sealed class NodeConfiguration
{
    public const string FileName = "hftdelta.json";

    public const string StartSection = "start";
    public const string ThreadsSection = "threads";

    private static readonly JsonDocumentOptions Reading = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private readonly Dictionary<string, string> _start = [];
    private readonly Dictionary<string, AgentWish> _agents = [];
    private readonly List<string> _faults = [];
    private readonly IReadOnlyCollection<string> _startKeys;
    private readonly IReadOnlyCollection<string> _agentNames;

    private NodeConfiguration(IReadOnlyCollection<string> startKeys, IReadOnlyCollection<string> agentNames)
    {
        _startKeys = startKeys;
        _agentNames = agentNames;
    }

    /// <summary>The values of options as they would stand on the command line, by key.</summary>
    public IReadOnlyDictionary<string, string> Start => _start;

    public IReadOnlyDictionary<string, AgentWish> Agents => _agents;

    /// <summary>One sentence each, without a full stop, in the order of the file.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <param name="text">The file's text.</param>
    /// <param name="startKeys">Keys that may stand under <c>start</c>.</param>
    /// <param name="agentNames">Names that may stand under <c>threads</c>.</param>
    public static NodeConfiguration Parse(
        string text, IReadOnlyCollection<string> startKeys, IReadOnlyCollection<string> agentNames)
    {
        var read = new NodeConfiguration(startKeys, agentNames);
        try
        {
            using var document = JsonDocument.Parse(text, Reading);
            read.Members("", document.RootElement, read.ReadSection);
        }
        catch (JsonException broken)
        {
            read._faults.Add($"it is no JSON: {broken.Message.TrimEnd('.')}");
        }

        return read;
    }

    private void ReadSection(string path, JsonProperty member)
    {
        switch (member.Name)
        {
            case StartSection:
                Members(StartSection, member.Value, ReadStart);
                break;
            case ThreadsSection:
                Members(ThreadsSection, member.Value, ReadAgent);
                break;
            default:
                _faults.Add($"{path}: there is no such section; {StartSection} and {ThreadsSection} are");
                break;
        }
    }

    private void ReadStart(string path, JsonProperty member)
    {
        if (!_startKeys.Contains(member.Name))
        {
            _faults.Add($"{path}: there is no such key; {string.Join(", ", _startKeys)} are");
            return;
        }

        switch (member.Value.ValueKind)
        {
            case JsonValueKind.String:
                _start[member.Name] = member.Value.GetString()!;
                break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                _start[member.Name] = member.Value.GetRawText();
                break;
            default:
                _faults.Add($"{path}: a text, a number, true or false is wanted");
                break;
        }
    }

    private void ReadAgent(string path, JsonProperty member)
    {
        if (!_agentNames.Contains(member.Name))
        {
            _faults.Add($"{path}: there is no such agent; {string.Join(", ", _agentNames)} are");
            return;
        }

        var wish = default(AgentWish);
        Members(path, member.Value, (path, member) =>
        {
            switch (member.Name)
            {
                case "core" when member.Value.ValueKind == JsonValueKind.Number
                    && member.Value.TryGetInt32(out var core) && core is >= 0 and < CpuAffinity.CoresMax:
                    wish = wish with { Core = core };
                    break;
                case "core":
                    _faults.Add($"{path}: the number of a core is wanted, from 0");
                    break;
                case "wait" when member.Value.ValueKind == JsonValueKind.String
                    && IdleKinds.TryParse(member.Value.GetString(), out var idle):
                    wish = wish with { Idle = idle };
                    break;
                case "wait":
                    _faults.Add($"{path}: one of auto, backoff, yield, spin is wanted");
                    break;
                default:
                    _faults.Add($"{path}: there is no such key; core and wait are");
                    break;
            }
        });
        _agents[member.Name] = wish;
    }

    /// <summary>Each member once; one that comes again is a fault and is not read.</summary>
    private void Members(string path, JsonElement element, Action<string, JsonProperty> read)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            _faults.Add($"{(path.Length == 0 ? "the file" : path)}: an object is wanted");
            return;
        }

        var seen = new HashSet<string>();
        foreach (var member in element.EnumerateObject())
        {
            var inner = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            if (seen.Add(member.Name))
            {
                read(inner, member);
            }
            else
            {
                _faults.Add($"{inner}: it stands there twice");
            }
        }
    }
}
