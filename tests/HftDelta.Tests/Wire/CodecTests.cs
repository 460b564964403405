using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Wire;

/// <summary>How the generated codecs behave at the call site.</summary>
[CancelAfter(20_000)]
public sealed class CodecTests
{
    [Test]
    public void Wrap_leaves_nothing_of_the_old_buffer()
    {
        var buffer = new byte[NewOrderSingleEncoder.FrameLength];
        buffer.AsSpan().Fill(0xee);
        NewOrderSingleEncoder.Wrap(buffer);
        Assert.That(buffer.AsSpan(8).ToArray(), Is.All.EqualTo(0));
    }

    [Test]
    public void A_buffer_that_is_too_short_is_refused_before_a_byte_is_written()
    {
        var buffer = new byte[NewOrderSingleEncoder.FrameLength - 1];
        Assert.That(() => NewOrderSingleEncoder.Wrap(buffer).EncodedLength, Throws.ArgumentException);
        Assert.That(buffer, Is.All.EqualTo(0));
    }

    [Test]
    public void Chained_setters_write_into_one_frame()
    {
        var buffer = new byte[512];
        OracleReportEncoder encoder = OracleReportEncoder.Wrap(buffer);
        encoder.Header.SetSequence(9).SetSendingTime(8);
        encoder.SetSourceId(3).SetPrice(-5).SetSignature("abc"u8);
        Assert.That(OracleReportDecoder.TryValidate(buffer.AsSpan(0, encoder.EncodedLength), out OracleReportDecoder report),
            Is.EqualTo(ValidationCode.Valid));
        Assert.That(report.Header.Sequence, Is.EqualTo(9UL));
        Assert.That(report.SourceId, Is.EqualTo(3U));
        Assert.That(report.Price, Is.EqualTo(-5));
        Assert.That(report.Signature.SequenceEqual("abc"u8), Is.True);
    }

    [Test]
    public void Groups_are_read_by_foreach_and_by_index()
    {
        var buffer = new byte[512];
        DeltaSettlementEncoder encoder = DeltaSettlementEncoder.Wrap(buffer);
        DeltaSettlementEncoder.InstrumentsGroupEncoder group = encoder.SetInstruments(3);
        for (uint id = 1; id <= 3; id++)
            group.Next().SetInstrumentId(id).DeltaIndex.SetLow(id * 10);
        DeltaSettlementDecoder.TryValidate(buffer.AsSpan(0, encoder.EncodedLength), out DeltaSettlementDecoder message);
        var seen = new List<ulong>();
        foreach (DeltaSettlementDecoder.InstrumentsGroupDecoder.Entry entry in message.Instruments)
            seen.Add(entry.InstrumentId + entry.DeltaIndex.Low);
        Assert.That(seen, Is.EqualTo(new ulong[] { 11, 22, 33 }));
        Assert.That(message.Instruments.Count, Is.EqualTo(3));
        Assert.That(message.Instruments[2].InstrumentId, Is.EqualTo(3U));
    }

    [Test]
    public void An_index_outside_the_group_is_refused()
    {
        Assert.That(
            static () =>
            {
                var buffer = new byte[512];
                DeltaSettlementEncoder encoder = DeltaSettlementEncoder.Wrap(buffer);
                encoder.SetInstruments(0);
                DeltaSettlementDecoder.TryValidate(buffer.AsSpan(0, encoder.EncodedLength), out DeltaSettlementDecoder message);
                return message.Instruments[0].InstrumentId;
            },
            Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_frame_with_an_owed_group_entry_has_no_length()
    {
        Assert.That(
            static () =>
            {
                DeltaSettlementEncoder encoder = DeltaSettlementEncoder.Wrap(new byte[512]);
                DeltaSettlementEncoder.InstrumentsGroupEncoder group = encoder.SetInstruments(2);
                group.Next();
                return encoder.EncodedLength;
            },
            Throws.InvalidOperationException);
    }

    [Test]
    public void More_entries_than_announced_are_refused()
    {
        Assert.That(
            static () =>
            {
                DeltaSettlementEncoder encoder = DeltaSettlementEncoder.Wrap(new byte[512]);
                DeltaSettlementEncoder.InstrumentsGroupEncoder group = encoder.SetInstruments(1);
                group.Next();
                group.Next();
            },
            Throws.InvalidOperationException);
    }

    [Test]
    public void A_section_is_set_once()
    {
        Assert.That(
            static () =>
            {
                OracleReportEncoder encoder = OracleReportEncoder.Wrap(new byte[512]);
                encoder.SetSignature("a"u8);
                encoder.SetSignature("b"u8);
            },
            Throws.InvalidOperationException);
    }

    [Test]
    public void Data_longer_than_the_buffer_is_refused()
    {
        Assert.That(
            static () =>
            {
                OracleReportEncoder encoder = OracleReportEncoder.Wrap(new byte[OracleReportEncoder.FrameLength + 3]);
                encoder.SetSignature(new byte[4]);
            },
            Throws.ArgumentException);
    }

    [Test]
    public void The_dispatcher_calls_the_method_of_the_template()
    {
        var buffer = new byte[NewOrderSingleEncoder.FrameLength];
        NewOrderSingleEncoder.Wrap(buffer).SetPrice(42);
        var text = new System.Text.StringBuilder();
        Assert.That(HftDeltaPrinter.Print(buffer, text), Is.EqualTo(ValidationCode.Valid));
        Assert.That(text.ToString(), Does.StartWith("{\"message\":\"NewOrderSingle\"").And.Contain("\"price\":42"));
    }

    [Test]
    public void The_header_is_peeked_without_judging_the_rest()
    {
        var buffer = new byte[NewOrderSingleEncoder.FrameLength];
        NewOrderSingleEncoder.Wrap(buffer);
        Assert.That(HftDeltaSchema.TryPeekHeader(buffer.AsSpan(0, 8), out SbeHeader header), Is.True);
        Assert.That(header.TemplateId, Is.EqualTo(NewOrderSingleDecoder.TemplateId));
        Assert.That(header.BlockLength, Is.EqualTo(NewOrderSingleDecoder.BlockLength));
        Assert.That(HftDeltaSchema.TryPeekHeader(buffer.AsSpan(0, 7), out _), Is.False);
    }

    [Test]
    public void Encoding_validating_and_decoding_allocate_nothing()
    {
        var buffer = new byte[1024];
        long sum = Exercise(buffer, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        sum += Exercise(buffer, 10_000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(sum, Is.Not.Zero);
    }

    private static long Exercise(byte[] buffer, int rounds)
    {
        long sum = 0;
        for (int round = 0; round < rounds; round++)
        {
            NewOrderSingleEncoder order = NewOrderSingleEncoder.Wrap(buffer).SetPrice(round).SetQuantity(5).SetSide(Side.Sell);
            order.Header.SetSequence(1);
            ReadOnlySpan<byte> frame = buffer.AsSpan(0, order.EncodedLength);
            if (NewOrderSingleDecoder.TryValidate(frame, out NewOrderSingleDecoder read) == ValidationCode.Valid)
                sum += read.Price + read.Quantity + (byte)read.Side + (long)read.Header.Sequence;
            DeltaSettlementEncoder settlement = DeltaSettlementEncoder.Wrap(buffer);
            DeltaSettlementEncoder.InstrumentsGroupEncoder group = settlement.SetInstruments(4);
            for (uint id = 0; id < 4; id++)
                group.Next().SetInstrumentId(id);
            if (HftDeltaSchema.Validate(buffer.AsSpan(0, settlement.EncodedLength), out _) == ValidationCode.Valid)
                sum += SumOf(DeltaSettlementDecoder.Trusted(buffer.AsSpan(0, settlement.EncodedLength)));
        }

        return sum;
    }

    private static long SumOf(DeltaSettlementDecoder message)
    {
        long sum = 0;
        foreach (DeltaSettlementDecoder.InstrumentsGroupDecoder.Entry entry in message.Instruments)
            sum += entry.InstrumentId;
        return sum;
    }
}
