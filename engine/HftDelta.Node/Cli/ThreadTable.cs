using System.Text.Json;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Cli;

/// <summary>Which agents run on which thread, where, and how it waits: for people and for programs.</summary>
internal static class ThreadTable
{
    private const int CoreColumns = 8;
    private const int IdleColumns = 8;

    public static IEnumerable<string> Lines(IReadOnlyList<PlannedThread> threads) =>
        threads.Select((thread, index) => Line(
                $"{index + 1}", thread.CoreText, thread.Idle.ToText(), thread.Name.Replace("+", ", ", StringComparison.Ordinal)))
            .Prepend(Line("thread", "core", "idle", "agents"));

    public static void Write(Utf8JsonWriter json, string name, IReadOnlyList<PlannedThread> threads)
    {
        json.WriteStartArray(name);
        foreach (var thread in threads)
        {
            json.WriteStartObject();
            json.WriteStartArray("agents");
            foreach (var agent in thread.Name.Split('+'))
            {
                json.WriteStringValue(agent);
            }

            json.WriteEndArray();
            if (thread.Core == AgentRunner.Unpinned)
            {
                json.WriteNull("core");
            }
            else
            {
                json.WriteNumber("core", thread.Core);
            }

            json.WriteString("idle", thread.Idle.ToText());
            json.WriteBoolean("hot", thread.IsHot);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Line(string thread, string core, string idle, string agents) =>
        $"    {thread.PadRight(CoreColumns)}{core.PadRight(CoreColumns)}{idle.PadRight(IdleColumns)}  {agents}";
}
