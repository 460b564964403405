using System.Diagnostics;
using System.Text.Json;
using HftDelta.Client.Samples;
using HftDelta.Node.Cli;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Clients;

/// <summary>
/// A client process from start to end: connects its sessions, lets them act for some seconds, takes out what rests, waits for the
/// last outcome, closes, and says how every call ended. Owner: the thread that runs it, on which the sessions live.
/// </summary>
internal sealed class ClientRun(ClientRunOptions options, EventLines events, EndRequest end)
{
    public const string Schema = "hftdelta.client/1";

    private const int UnreachableError = 3002;
    private const int RefusedError = 2601;

    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(250);

    /// <summary>A venue that is gone for so long has ended too, and answers nothing any more.</summary>
    private static readonly TimeSpan AwayTime = TimeSpan.FromSeconds(3);

    private readonly WireLatency _latency = new();
    private BackoffIdleStrategy _idle = new(BackoffParameters.Default);
    private long _begun;

    /// <exception cref="OperatorException">The venue is not there, or does not want a key.</exception>
    public ExitCode Run()
    {
        var parts = ClientParts.Make(options, (wireNanos, _) => _latency.Record(wireNanos));
        try
        {
            _idle.Reset();
            Connect(parts);
            TellConnected(parts);
            Act(parts);
            Finish(parts);
            TellSummary(parts);
        }
        finally
        {
            foreach (var part in parts)
            {
                part.Dispose();
            }
        }

        return end.ExitCode;
    }

    private void Connect(IReadOnlyList<ClientPart> parts)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!parts.All(part => part.IsEstablished) && !end.Token.IsCancellationRequested)
        {
            Work(parts, part => part.Client.DoWork());
            if (Stopwatch.GetElapsedTime(begun) > options.ConnectTime)
            {
                var late = parts.First(part => !part.IsEstablished);
                var fault = late.Client.Statistics.TransportFault;
                throw new OperatorException(
                    UnreachableError, ExitCode.Unreachable,
                    $"no session with the venue at {options.Venue} within {options.ConnectTime.TotalSeconds:0.###} s, "
                    + $"key {late.Key} is "
                    + $"{late.Client.State}{(fault is null ? "" : $": {fault}")}",
                    "start the venue, or correct --venue");
            }
        }

        _begun = Stopwatch.GetTimestamp();
    }

    private void Act(IReadOnlyList<ClientPart> parts)
    {
        var time = TimeSpan.FromSeconds(options.Seconds);
        while (!end.Token.IsCancellationRequested && (time <= TimeSpan.Zero || Stopwatch.GetElapsedTime(_begun) < time))
        {
            Work(parts, part => part.DoWork());
        }
    }

    /// <summary>Nothing new is begun; what rests is taken out, and what was sent gets its outcome.</summary>
    private void Finish(IReadOnlyList<ClientPart> parts)
    {
        var begun = Stopwatch.GetTimestamp();
        foreach (var part in parts)
        {
            part.Withdraw();
        }

        // A trade's reports follow the outcome of its order: nothing may come for a moment before it counts as quiet.
        var quietSince = begun;
        var seenSince = begun;
        while (Stopwatch.GetElapsedTime(quietSince) < QuietTime && Stopwatch.GetElapsedTime(begun) < options.FinishTime
            && Stopwatch.GetElapsedTime(seenSince) < AwayTime)
        {
            seenSince = parts.Any(part => part.IsEstablished) ? Stopwatch.GetTimestamp() : seenSince;
            var fills = parts.Sum(part => part.Statistics.Fills);
            Work(parts, part => part.Client.DoWork());
            if (!parts.All(part => part.IsQuiet) || fills != parts.Sum(part => part.Statistics.Fills))
            {
                quietSince = Stopwatch.GetTimestamp();
            }
        }

        foreach (var part in parts)
        {
            part.Client.OnClose();
        }
    }

    private void Work(IReadOnlyList<ClientPart> parts, Func<ClientPart, int> duty)
    {
        var work = 0;
        foreach (var part in parts)
        {
            work += duty(part);
            if (part.IsRefused)
            {
                throw new OperatorException(
                    RefusedError,
                    ExitCode.AuthenticationFailed,
                    $"the venue at {options.Venue} ended the session of key {part.Key}",
                    "hftdelta start --development knows the keys 16 to 31 and 101 to 103; a key has one session at a time");
            }
        }

        _idle.Idle(work);
    }

    private void TellConnected(IReadOnlyList<ClientPart> parts) => events.Tell(
        "connected",
        $"hftdelta client, {NameOf(options.Role)}, at {options.Venue}: "
        + string.Join(", ", parts.Select(part => $"key {part.Key} session {part.Client.SessionId}")),
        json =>
        {
            json.WriteString("role", NameOf(options.Role));
            json.WriteNumber("processId", Environment.ProcessId);
        });

    private void TellSummary(IReadOnlyList<ClientPart> parts)
    {
        var total = parts.Select(part => part.Statistics).ToList();
        events.TellData(
            "summary",
            Text(total),
            json =>
            {
                json.WriteString("role", NameOf(options.Role));
                json.WriteNumber("seconds", Math.Round(Stopwatch.GetElapsedTime(_begun).TotalSeconds, 3));
                json.WriteNumber("flowEvents", parts.OfType<FlowPart>().Sum(part => part.Sent));
                json.WriteStartArray("sessions");
                foreach (var part in parts)
                {
                    json.WriteStartObject();
                    json.WriteNumber("key", part.Key);
                    json.WriteNumber("account", part.Client.Orders.Account.Value);
                    json.WriteNumber("handle", part.Client.Orders.Handle.Value);
                    Write(json, part.Statistics);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                _latency.Percentiles().Write(json, "wireToWireNanos");
                if (end.IsSupervised)
                {
                    _latency.WriteBuckets(json, "wireToWireBuckets");
                }
            });
    }

    private string Text(IReadOnlyList<SampleStatistics> sessions)
    {
        var requests = sessions.Sum(one => one.Requests);
        return $"{TextOutput.Number(requests)} requests: {TextOutput.Number(sessions.Sum(one => one.Accepted))} accepted, "
            + $"{TextOutput.Number(sessions.Sum(one => one.Replaced))} replaced, "
            + $"{TextOutput.Number(sessions.Sum(one => one.Canceled))} cancelled, "
            + $"{TextOutput.Number(sessions.Sum(one => one.Rejected))} rejected, "
            + $"{TextOutput.Number(sessions.Sum(one => one.NotApplied))} not applied, "
            + $"{TextOutput.Number(sessions.Sum(one => one.Unknown))} unknown; "
            + $"{TextOutput.Number(sessions.Sum(one => one.Fills))} fills{Environment.NewLine}"
            + $"wire to wire p50 {Micros(_latency.AtPercentile(50))}  p90 {Micros(_latency.AtPercentile(90))}  "
            + $"p99 {Micros(_latency.AtPercentile(99))}  p99.9 {Micros(_latency.AtPercentile(99.9))}  "
            + $"max {Micros(_latency.Max)} us ({TextOutput.Number(_latency.Samples)} samples)";
    }

    private static void Write(Utf8JsonWriter json, in SampleStatistics one)
    {
        json.WriteNumber("requests", one.Requests);
        json.WriteNumber("accepted", one.Accepted);
        json.WriteNumber("replaced", one.Replaced);
        json.WriteNumber("canceled", one.Canceled);
        json.WriteNumber("rejected", one.Rejected);
        json.WriteNumber("notApplied", one.NotApplied);
        json.WriteNumber("unknown", one.Unknown);
        json.WriteNumber("recovered", one.Recovered);
        json.WriteNumber("refusedHere", one.Refused);
        json.WriteNumber("fills", one.Fills);
        json.WriteNumber("filledLots", one.FilledLots);
        json.WriteNumber("cancellations", one.Cancellations);
        json.WriteNumber("established", one.Established);
        json.WriteNumber("reportsHealed", one.ReportsHealed);
        json.WriteNumber("reportsLost", one.ReportsLost);
    }

    private static string Micros(long nanos) => TextOutput.Number(nanos / 1_000.0, 1);

    private static string NameOf(ClientRole role) => $"sample-{role.ToString().ToLowerInvariant()}";
}
