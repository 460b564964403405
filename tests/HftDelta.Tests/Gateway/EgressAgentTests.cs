using HftDelta.Gateway;
using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Connections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Gateway;

/// <summary>Nothing leaves before it is safe, and no client is waited for.</summary>
[CancelAfter(20_000)]
internal sealed class EgressAgentTests
{
    [Test]
    public void A_report_waits_until_its_command_is_durable()
    {
        var rig = new EgressRig();
        var client = rig.Connect(3);
        rig.EmitReport(1, 3);
        rig.EmitReport(2, 3);
        rig.Agent.DoWork();
        Assert.That(EgressRig.Read(client.Ring), Is.Empty);

        rig.Durable.SetValue(1);
        rig.Agent.DoWork();
        Assert.That(EgressRig.Read(client.Ring), Is.EqualTo([1UL]));

        rig.Durable.SetValue(2);
        rig.Agent.DoWork();
        Assert.That(EgressRig.Read(client.Ring), Is.EqualTo([2UL]));
    }

    [Test]
    public void The_safe_cursor_is_stored_before_anything_of_it_goes_out()
    {
        var rig = new EgressRig();
        rig.Connect(3);
        rig.EmitReport(1, 3);
        rig.Durable.SetValue(1);
        rig.Agent.DoWork();
        rig.EmitReport(2, 3);
        rig.Durable.SetValue(2);
        rig.Agent.DoWork();

        Assert.That(rig.Store.Stored, Is.EqualTo([(1L, 0L), (2L, 1L)]));
    }

    [Test]
    public void The_safe_cursor_is_the_slower_of_journal_and_engine()
    {
        var rig = new EgressRig();
        rig.EmitReport(4, 3);
        rig.Durable.SetValue(9);
        rig.Agent.DoWork();
        Assert.That(rig.Agent.Safe.Value, Is.EqualTo(4));

        rig.Engine.Write(new CommandSequence(20), false, false);
        rig.Agent.DoWork();
        Assert.That(rig.Agent.Safe.Value, Is.EqualTo(9));
    }

    [Test]
    public void Risk_inputs_and_session_states_never_leave_and_so_do_not_wait()
    {
        var rig = new EgressRig();
        rig.EmitReport(1, 3);
        rig.Emit(2, RecordSource.Internal, EgressRig.Internal(RiskInputsDecoder.TemplateId));
        rig.Emit(3, RecordSource.Internal, EgressRig.Internal(SessionStateDecoder.TemplateId));
        rig.Agent.DoWork();

        Assert.That(rig.RiskInputs.Reader.TryPeek(out var asked), Is.True);
        Assert.That(asked.Envelope.Sequence, Is.EqualTo(2));
        Assert.That(EgressRig.Read(rig.SessionStates), Has.Count.EqualTo(1));
        Assert.That(rig.Counters.ReportsWithoutConnection.Value, Is.Zero, "the report before them still waits");
    }

    [Test]
    public void A_hash_point_is_recorded_once_and_only_when_it_is_safe()
    {
        var rig = new EgressRig();
        rig.Emit(1, RecordSource.Internal, EgressRig.Internal(StateHashPointDecoder.TemplateId));
        rig.Agent.DoWork();
        Assert.That(rig.HashPoints.IsEmpty, Is.True);

        rig.Durable.SetValue(1);
        rig.Agent.DoWork();
        rig.Agent.DoWork();
        Assert.That(EgressRig.Read(rig.HashPoints), Has.Count.EqualTo(1));
    }

    [Test]
    public void Public_data_goes_to_whom_it_was_promised_and_internal_events_to_operators()
    {
        var rig = new EgressRig();
        var plain = rig.Connect(3);
        var market = rig.Connect(4, ConnectionInterests.MarketData);
        var operators = rig.Connect(0, ConnectionInterests.Internal);
        rig.Emit(1, RecordSource.MarketData, EgressRig.Trade());
        rig.Emit(2, RecordSource.Internal, EgressRig.Internal(CashMovedDecoder.TemplateId));
        rig.Durable.SetValue(2);
        rig.Agent.DoWork();

        Assert.That(plain.Ring.IsEmpty, Is.True);
        Assert.That(EgressRig.Read(market.Ring), Has.Count.EqualTo(1));
        Assert.That(EgressRig.Read(operators.Ring), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_cycle_with_public_data_for_many_ends_early_and_nothing_is_lost()
    {
        var rig = new EgressRig();
        var clients = Enumerable.Range(0, 100).Select(_ => rig.Connect(0, ConnectionInterests.MarketData, slots: 128)).ToArray();
        for (var command = 1; command <= 20; command++)
        {
            rig.Emit(command, RecordSource.MarketData, EgressRig.Trade());
        }

        rig.Durable.SetValue(20);
        rig.Agent.DoWork();
        Assert.That(rig.Counters.MarketData.Value, Is.EqualTo(11), "the first that is beyond 1,000 deliveries is the last");
        rig.Agent.DoWork();
        Assert.That(clients.Select(client => EgressRig.Read(client.Ring).Count), Has.All.EqualTo(20));
    }

    [Test]
    public void A_report_of_a_session_without_connection_is_counted_and_holds_nobody_up()
    {
        var rig = new EgressRig();
        var other = rig.Connect(4);
        rig.EmitReport(1, 3);
        rig.EmitReport(2, 4);
        rig.Durable.SetValue(2);
        rig.Agent.DoWork();

        Assert.That(rig.Counters.ReportsWithoutConnection.Value, Is.EqualTo(1));
        Assert.That(EgressRig.Read(other.Ring), Is.EqualTo([2UL]));
    }

    [Test]
    public void A_client_that_does_not_read_is_cut_and_the_others_go_on()
    {
        var rig = new EgressRig();
        var slow = rig.Connect(3, slots: 32);
        var quick = rig.Connect(4);
        for (var command = 1; command <= 40; command++)
        {
            rig.EmitReport(command, 3);
            rig.EmitReport(command, 4);
            rig.Durable.SetValue(command);
            rig.Agent.DoWork();
            EgressRig.Read(quick.Ring);
        }

        Assert.That(slow.IsCut, Is.True);
        Assert.That(quick.IsCut, Is.False);
        Assert.That(rig.Counters.ConnectionsCut.Value, Is.EqualTo(1));
        Assert.That(
            EgressRig.Read(slow.Ring), Is.EqualTo(Enumerable.Range(1, 32).Select(number => (ulong)number)),
            "what fitted is there, in order and without a hole");
        Assert.That(rig.Agent.Safe.Value, Is.EqualTo(40));
    }

    [Test]
    public void An_answer_goes_at_once_or_when_its_command_is_safe_and_its_reports_are_out()
    {
        var rig = new EgressRig();
        var client = rig.Connect(3);
        rig.EmitReport(1, 3);
        rig.SafeAnswers.Write(new Answer(AnswerKind.Frame, AnswerAddress.InProcess(3), 0, after: 1), NotApplied(2));
        rig.Answers.Write(new Answer(AnswerKind.Frame, AnswerAddress.InProcess(3), 0), NotApplied(1));
        rig.Agent.DoWork();
        Assert.That(NotAppliedFrom(client), Is.EqualTo([1UL]), "the other rests on command 1, which is not durable");
        Assert.That(rig.Agent.Released.Value, Is.EqualTo(-1));

        rig.Durable.SetValue(1);
        rig.Agent.DoWork();
        Assert.That(NotAppliedFrom(client), Is.EqualTo([0UL, 2UL]), "behind the report of its command");
    }

    [Test]
    public void The_way_of_a_sampled_command_is_measured_once()
    {
        var clock = EgressRig.LatencyClock();
        var stamps = new LatencyStamps(clock, sampleEvery: 2);
        var rig = new EgressRig(stamps);
        for (var command = 1; command <= 4; command++)
        {
            stamps.Mark(new CommandSequence(command));
            clock.Advance(100);
            rig.EmitReport(command, 3);
            rig.EmitReport(command, 3);
            rig.Durable.SetValue(command);
            rig.Agent.DoWork();
        }

        var nanos = new long[8];
        Assert.That(nanos[..stamps.Take(nanos)], Is.EqualTo([100L, 100L]));
        Assert.That(stamps.Take(nanos), Is.Zero);
    }

    [Test]
    public void More_events_than_one_round_takes_all_go_out_in_order()
    {
        var rig = new EgressRig();
        var client = rig.Connect(3);
        var read = new List<ulong>();
        for (var command = 1; command <= 500; command++)
        {
            rig.EmitReport(command, 3);
            if (command % 50 == 0)
            {
                rig.Durable.SetValue(command);
                rig.Agent.DoWork();
                read.AddRange(EgressRig.Read(client.Ring));
            }
        }

        Assert.That(read, Is.EqualTo(Enumerable.Range(1, 500).Select(number => (ulong)number)));
    }

    private static byte[] NotApplied(ulong from)
    {
        var frame = new byte[NotAppliedDecoder.FrameLength];
        NotAppliedEncoder.Wrap(frame).SetFromSequence(from);
        return frame;
    }

    /// <summary>Where the gaps begin that the client was told of; 0 for every other frame.</summary>
    private static List<ulong> NotAppliedFrom(ConnectionOutput client)
    {
        var told = new List<ulong>();
        while (client.Ring.Reader.TryPeek(out var record))
        {
            var isGap = BitConverter.ToUInt16(record.Frame[2..]) == NotAppliedDecoder.TemplateId;
            told.Add(isGap ? NotAppliedDecoder.Trusted(record.Frame).FromSequence : 0);
            client.Ring.Reader.Advance();
        }

        client.Ring.Reader.Release();
        return told;
    }
}
