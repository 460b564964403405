using System.Reflection;
using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Driver;
using HftDelta.Aeron.LogBuffers;

namespace HftDelta.Aeron.Cnc;

/// <summary>
/// The driver's totals under their official numbers and names, which are the first counters of every directory. They are summed
/// up from the driver's own counters on the timer: those are finer, one writer each, and may lie in another file. Writer: the
/// conductor.
/// </summary>
internal sealed class SystemCounters
{
    private const int ControlProtocolVersion = 1 << 16;

    private static readonly Version Software = Assembly.GetExecutingAssembly().GetName().Version ?? new Version(0, 0, 0);

    private readonly List<PositionWord> _words = [];
    private readonly List<Func<SystemCounterSources, long>?> _values = [];
    private SystemCounterSources? _sources;

    public SystemCounters(CounterStore store)
    {
        foreach (var (label, value) in Definitions($"version={Software.ToString(3)} commit=HftDelta"))
        {
            var id = _words.Count;
            var slot = store.Allocate(new CounterDescription(CounterType.System, label, CounterKey.OfNumber(id))
            {
                RegistrationId = id,
                OwnerId = -1,
            });
            _words.Add(new PositionWord(slot));
            _values.Add(value);
        }
    }

    /// <summary>The driver's own counters are there now: sums up for the first time.</summary>
    public void Bind(SystemCounterSources sources)
    {
        _sources = sources;
        Update();
    }

    /// <summary>Sums up anew.</summary>
    public void Update()
    {
        if (_sources is null)
        {
            return;
        }

        for (var id = 0; id < _words.Count; id++)
        {
            if (_values[id] is { } value)
            {
                _words[id].Release(value(_sources));
            }
        }
    }

    // In the order of their numbers, 0 to 45. Those of parts that this driver does not have stay 0.
    private static (string Label, Func<SystemCounterSources, long>? Value)[] Definitions(string versionWords) =>
    [
        ("Bytes sent", static from => from.Sender.Bytes.Value),
        ("Bytes received", static from => from.Receiver.Bytes.Value),
        ("Failed offers to ReceiverProxy", null),
        ("Failed offers to SenderProxy", null),
        ("Failed offers to DriverConductorProxy", null),
        ("NAKs sent", static from => from.Receiver.Naks.Value),
        ("NAKs received", static from => from.Sender.Naks.Value),
        ("Status Messages sent", static from => from.Receiver.StatusMessages.Value),
        ("Status Messages received", static from => from.Sender.StatusMessages.Value),
        ("Heartbeats sent", static from => from.Sender.Heartbeats.Value),
        ("Heartbeats received", static from => from.Receiver.Heartbeats.Value),
        ("Retransmits sent", static from => from.Sender.Retransmits.Value),
        ("Flow control under runs", static from => from.Receiver.UnderRuns.Value),
        ("Flow control over runs", static from => from.Receiver.OverRuns.Value),
        ("Invalid packets", static from => from.Sender.DatagramsInvalid.Value + from.Receiver.DatagramsInvalid.Value),
        ($"Errors: {versionWords}", static from => from.Errors()),
        ("Short sends", static from => from.Sender.ShortSends.Value + from.Receiver.ShortSends.Value),
        ("Failed attempts to free log buffers", null),
        ("Sender flow control limits, i.e. back-pressure events", static from => from.Sender.FlowControlLimits.Value),
        ("Unblocked Publications", static from => from.Conductor.Unblocked.Value),
        ("Unblocked Control Commands", null),
        ("Possible TTL Asymmetry", null),
        ("ControllableIdleStrategy status", null),
        ("Loss gap fills", static from => from.Receiver.GapsFilled.Value),
        ("Client liveness timeouts", null),
        ("Resolution changes: driverName=null", null),
        ("Conductor max cycle time doing its work in ns", null),
        ("Conductor work cycle exceeded threshold count", null),
        ("Sender max cycle time doing its work in ns", null),
        ("Sender work cycle exceeded threshold count", null),
        ("Receiver max cycle time doing its work in ns", null),
        ("Receiver work cycle exceeded threshold count", null),
        ("NameResolver max time in ns", null),
        ("NameResolver exceeded threshold count", null),
        ($"Aeron software: {versionWords}", static _ => Pack(Software)),
        ("Bytes currently mapped", static from => from.MappedBytes()),
        ("Retransmitted bytes", static from => from.Sender.RetransmittedBytes.Value),
        ("Retransmit Pool Overflow count", static from => from.Sender.RetransmitOverflows.Value),
        ("Error Frames received", static from => from.Sender.Errors.Value),
        ("Error Frames sent", static from => from.Receiver.Errors.Value),
        ("Publications Revoked", static from => from.Conductor.Revoked.Value),
        ("Publication Images Revoked", static from => from.Receiver.ImagesRevoked.Value),
        ("Images rejected", static from => from.Receiver.ImagesRejected.Value),
        ("Control protocol version", static _ => ControlProtocolVersion),
        ("Status Messages rejected", static from => from.Sender.StatusMessagesRefused.Value),
        ("Failed offers to AsyncExecutorProxy", null),
    ];

    private static long Pack(Version version) => (version.Major << 16) | (version.Minor << 8) | version.Build;
}

/// <summary>What the totals are summed up from.</summary>
internal sealed record SystemCounterSources(
    SenderCounters Sender,
    ReceiverCounters Receiver,
    ConductorCounters Conductor,
    Func<long> Errors,
    Func<long> MappedBytes);
