using Disruptor;
using HftDelta.Gateway;
using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Gateway;

/// <summary>
/// An ingress agent on real rings, with the test in the place of everybody else: the engine's progress, egress, the clients.
/// </summary>
internal sealed class IngressRig
{
    public const uint Session = 5;

    private readonly UnmanagedRingBuffer<RecordSlot> _inbound;
    private readonly RecordRingReader _reader;

    public IngressRig(int inboundSlots = 256)
    {
        _inbound = RecordRings.Make(inboundSlots);
        _reader = new RecordRingReader(_inbound);
        Client = AddClient(Session);
        Inputs.Add(new IngressInput(Operator, InputSources.Operator));
        Agent = new IngressAgent(new IngressWiring
        {
            Publisher = new RecordPublisher(
                _inbound, new PublisherStart(new CommandSequence(100), new TimeNanos(1_000), 1, 2)),
            Inputs = Inputs,
            RiskInput = new IngressInput(Risk, InputSources.Risk),
            SessionStates = SessionStates,
            Answers = Answers,
            SafeAnswers = SafeAnswers,
            Engine = Engine,
            Outbound = RecordRings.Make(32),
            Released = new Sequence(),
            Clock = Clock,
            Counters = Counters,
            SessionLimit = 16,
            QuietNanosMax = 50,
        });
        Agent.OnStart();
        Lead = Sequenced().Single();
    }

    public IngressAgent Agent { get; }

    public (RecordEnvelope Envelope, byte[] Frame) Lead { get; }

    public VirtualNanoClock Clock { get; } = new(new TimeNanos(2_000));

    public IngressCounters Counters { get; } =
        new((name, label, unit) => Counter.Detached(name, label, unit));

    public EngineProgress Engine { get; } = new(new CommandSequence(100), false, false);

    public InputTable Inputs { get; } = new();

    public FrameRing Operator { get; } = new(64);

    public FrameRing Risk { get; } = new(64);

    public FrameRing SessionStates { get; } = new(64);

    public AnswerRing Answers { get; } = new(64);

    public AnswerRing SafeAnswers { get; } = new(64);

    public (FrameRing Ring, ConnectionOutput Output) Client { get; }

    public (FrameRing Ring, ConnectionOutput Output) AddClient(uint session)
    {
        var ring = new FrameRing(64);
        var output = new ConnectionOutput(new FrameRing(64), new SessionHandle(session), ConnectionInterests.None);
        Inputs.Add(new IngressInput(ring, InputSources.Client, output));
        return (ring, output);
    }

    /// <summary>Steps the agent and gives what it sequenced.</summary>
    public List<(RecordEnvelope Envelope, byte[] Frame)> Step()
    {
        Agent.DoWork();
        return Sequenced();
    }

    public void Tell(uint session, SessionStatus status, ulong nextRequest, long atCommand = 100)
    {
        var buffer = new byte[SessionStateDecoder.FrameLength];
        SessionStateEncoder.Wrap(buffer).SetSessionHandle(session).SetStatus(status).SetNextRequestSequence(nextRequest);
        Assert.That(TryStageEvent(SessionStates, buffer, atCommand), Is.True);
    }

    public void Send(byte[] frame, RecordSource source = RecordSource.Client) =>
        Assert.That(Client.Ring.TryWrite(source, new SessionHandle(Session), frame), Is.True);

    public void SendOrder(ulong sequence, uint session = Session) => Send(Order(sequence, session));

    /// <summary>What egress is asked for; everything that ingress says to the session rests on something safe.</summary>
    public List<(Answer Answer, byte[] Frame)> AnswersGiven()
    {
        Assert.That(Answers.IsEmpty, Is.True);
        var answers = new List<(Answer, byte[])>();
        while (SafeAnswers.TryPeek(out var answer, out var frame))
        {
            Assert.That(answer.Session, Is.EqualTo(Session));
            answers.Add((answer, frame.ToArray()));
            SafeAnswers.Advance();
        }

        SafeAnswers.Release();
        return answers;
    }

    public CommandSequence LastSequence => new(Counters.Sequence.Value);

    public long Count(FrameResult result) => Counters.Of(result).Value;

    public static byte[] Order(ulong sequence, uint session = Session)
    {
        var frame = new byte[NewOrderSingleDecoder.FrameLength];
        var order = NewOrderSingleEncoder.Wrap(frame);
        order.Header.SetSessionHandle(session).SetSequence(sequence);
        order.SetPrice(17);
        return frame;
    }

    public static ushort TemplateOf(byte[] frame) => BitConverter.ToUInt16(frame, 2);

    private static bool TryStageEvent(FrameRing ring, byte[] frame, long atCommand)
    {
        // An event keeps the sequence of its command: it is copied as a record, from a ring that an engine would write.
        var events = RecordRings.Make(32);
        var publisher = new RecordPublisher(
            events, new PublisherStart(new CommandSequence(atCommand - 1), default, 0, 1));
        var reader = new RecordRingReader(events);
        publisher.TryPublish(RecordSource.Internal, SessionHandle.None, default, frame);
        reader.TryPeek(out var record);
        var done = ring.TryStage(in record);
        ring.Flush();
        return done;
    }

    private List<(RecordEnvelope Envelope, byte[] Frame)> Sequenced()
    {
        var records = new List<(RecordEnvelope, byte[])>();
        while (_reader.TryPeek(out var record))
        {
            records.Add((record.Envelope, record.Frame.ToArray()));
            _reader.Advance();
        }

        _reader.Release();
        return records;
    }
}
