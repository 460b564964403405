using System.Buffers.Binary;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Wire;

/// <summary>Each way in which a frame can be malformed, and the code that says so.</summary>
[CancelAfter(20_000)]
public sealed class FrameTaxonomyTests
{
    private const int DimensionAt = 8 + DeltaSettlementDecoder.BlockLength;
    private const int DataLengthAt = 8 + OracleReportDecoder.BlockLength;

    [Test]
    public void Every_shorter_frame_is_refused()
    {
        byte[] frame = Order();
        for (int length = 0; length < frame.Length; length++)
        {
            ValidationCode code = NewOrderSingleDecoder.Validate(frame.AsSpan(0, length));
            Assert.That(code, Is.EqualTo(length < 8 ? ValidationCode.FrameTooShort : ValidationCode.BlockTruncated));
        }
    }

    [TestCase((ushort)0, ValidationCode.BlockTooShort)]
    [TestCase((ushort)(NewOrderSingleDecoder.BlockLength - 1), ValidationCode.BlockTooShort)]
    [TestCase((ushort)(NewOrderSingleDecoder.BlockLength + 1), ValidationCode.BlockTruncated)]
    [TestCase(ushort.MaxValue, ValidationCode.BlockTruncated)]
    public void A_wrong_block_length_is_refused(ushort blockLength, ValidationCode expected)
    {
        byte[] frame = Order();
        BinaryPrimitives.WriteUInt16LittleEndian(frame, blockLength);
        Assert.That(NewOrderSingleDecoder.Validate(frame), Is.EqualTo(expected));
    }

    [Test]
    public void Another_template_schema_or_byte_order_is_refused()
    {
        byte[] frame = Order();
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(2), 9999);
        Assert.That(NewOrderSingleDecoder.Validate(frame), Is.EqualTo(ValidationCode.UnexpectedTemplate));
        Assert.That(HftDeltaSchema.Validate(frame, out _), Is.EqualTo(ValidationCode.UnknownTemplate));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(4), NewOrderSingleDecoder.SchemaId);
        Assert.That(HftDeltaSchema.Validate(frame, out _), Is.EqualTo(ValidationCode.UnknownSchema));
    }

    [Test]
    public void An_internal_frame_is_no_frame_of_the_client_schema()
    {
        var buffer = new byte[64];
        HftDelta.Wire.Internal.ClockTickEncoder.Wrap(buffer);
        ReadOnlySpan<byte> frame = buffer.AsSpan(0, HftDelta.Wire.Internal.ClockTickEncoder.FrameLength);
        Assert.That(HftDelta.Wire.Internal.InternalSchema.Validate(frame, out _), Is.EqualTo(ValidationCode.Valid));
        Assert.That(HftDeltaSchema.Validate(frame, out _), Is.EqualTo(ValidationCode.UnknownSchema));
    }

    [Test]
    public void A_newer_writer_may_have_a_longer_block_and_more_behind_it()
    {
        byte[] frame = [.. Order(), 1, 2, 3, 4, 5, 6, 7, 8];
        Assert.That(NewOrderSingleDecoder.Validate(frame), Is.EqualTo(ValidationCode.TrailingBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(frame, NewOrderSingleDecoder.BlockLength + 8);
        Assert.That(NewOrderSingleDecoder.Validate(frame), Is.EqualTo(ValidationCode.Valid));
        BinaryPrimitives.WriteUInt16LittleEndian(frame, NewOrderSingleDecoder.BlockLength);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(6), 77);
        ValidationCode code = NewOrderSingleDecoder.TryValidate(frame, out NewOrderSingleDecoder message);
        Assert.That(code, Is.EqualTo(ValidationCode.Valid));
        Assert.That(message.ActingVersion, Is.EqualTo(77));
        Assert.That(message.Price, Is.EqualTo(12345));
    }

    [Test]
    public void Two_messages_in_one_frame_are_refused()
    {
        byte[] frame = [.. Order(), .. Order()];
        Assert.That(NewOrderSingleDecoder.Validate(frame), Is.EqualTo(ValidationCode.TrailingBytes));
    }

    [Test]
    public void Enum_values_nobody_declared_and_unknown_bits_are_kept()
    {
        byte[] frame = Order();
        frame[8 + NewOrderSingleDecoder.SideOffset] = 0x77;
        ValidationCode code = NewOrderSingleDecoder.TryValidate(frame, out NewOrderSingleDecoder message);
        Assert.That(code, Is.EqualTo(ValidationCode.Valid));
        Assert.That((byte)message.Side, Is.EqualTo(0x77));
    }

    [TestCase(2, (ushort)3, ValidationCode.GroupTruncated)]
    [TestCase(2, ushort.MaxValue, ValidationCode.GroupCountOutOfRange)]
    [TestCase(2, (ushort)(ushort.MaxValue - 1), ValidationCode.GroupTruncated)]
    [TestCase(2, (ushort)1, ValidationCode.TrailingBytes)]
    [TestCase(0, (ushort)0, ValidationCode.GroupBlockTooShort)]
    [TestCase(0, (ushort)39, ValidationCode.GroupBlockTooShort)]
    [TestCase(0, ushort.MaxValue, ValidationCode.GroupTruncated)]
    public void A_wrong_group_dimension_is_refused(int at, ushort value, ValidationCode expected)
    {
        byte[] frame = Settlement();
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(DimensionAt + at), value);
        Assert.That(DeltaSettlementDecoder.Validate(frame), Is.EqualTo(expected));
    }

    [Test]
    public void A_frame_that_ends_inside_a_dimension_is_refused()
    {
        byte[] frame = Settlement();
        for (int length = DimensionAt; length < DimensionAt + 4; length++)
        {
            ValidationCode code = DeltaSettlementDecoder.Validate(frame.AsSpan(0, length));
            Assert.That(code, Is.EqualTo(ValidationCode.GroupHeaderTruncated));
        }
    }

    [Test]
    public void Variable_data_that_ends_behind_the_frame_is_refused()
    {
        byte[] frame = Report();
        Assert.That(OracleReportDecoder.Validate(frame), Is.EqualTo(ValidationCode.Valid));
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(DataLengthAt), 66);
        Assert.That(OracleReportDecoder.Validate(frame), Is.EqualTo(ValidationCode.DataTruncated));
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(DataLengthAt), 64);
        Assert.That(OracleReportDecoder.Validate(frame), Is.EqualTo(ValidationCode.TrailingBytes));
        ReadOnlySpan<byte> cut = frame.AsSpan(0, DataLengthAt + 1);
        Assert.That(OracleReportDecoder.Validate(cut), Is.EqualTo(ValidationCode.DataLengthTruncated));
    }

    private static byte[] Order()
    {
        var frame = new byte[NewOrderSingleEncoder.FrameLength];
        NewOrderSingleEncoder.Wrap(frame).SetPrice(12345).SetQuantity(7).SetSide(Side.Buy);
        return frame;
    }

    private static byte[] Settlement()
    {
        var buffer = new byte[512];
        DeltaSettlementEncoder encoder = DeltaSettlementEncoder.Wrap(buffer);
        DeltaSettlementEncoder.InstrumentsGroupEncoder instruments = encoder.SetInstruments(2);
        instruments.Next().SetInstrumentId(1);
        instruments.Next().SetInstrumentId(2);
        return buffer[..encoder.EncodedLength];
    }

    private static byte[] Report()
    {
        var buffer = new byte[512];
        OracleReportEncoder encoder = OracleReportEncoder.Wrap(buffer);
        encoder.SetSignature(new byte[65]);
        return buffer[..encoder.EncodedLength];
    }
}
