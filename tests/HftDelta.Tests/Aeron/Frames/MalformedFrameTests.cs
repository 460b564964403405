using System.Buffers.Binary;
using HftDelta.Aeron.Frames;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Frames;

/// <summary>Whatever arrives is classified: cut short, of random bytes, or with one field that cannot be.</summary>
[CancelAfter(20_000)]
internal sealed class MalformedFrameTests
{
    private const int TermLengthBytes = 65_536;

    private static readonly FrameType[] ControlTypes =
    [
        FrameType.Setup, FrameType.StatusMessage, FrameType.NegativeAcknowledgement, FrameType.RoundTripMeasurement,
        FrameType.Error, FrameType.ResponseSetup,
    ];

    [TestCaseSource(nameof(ControlTypes))]
    public void Control_frames_cut_at_any_length_are_refused(FrameType type)
    {
        var whole = Example(type);
        Assert.That(Read(type, whole), Is.EqualTo(FrameFault.None));
        for (var length = 0; length < whole.Length; length++)
        {
            // In an array of exactly that length, so that any read past it is seen.
            Assert.That(Read(type, whole[..length]), Is.Not.EqualTo(FrameFault.None), $"{type} cut to {length}");
        }
    }

    [TestCaseSource(nameof(ControlTypes))]
    public void Control_frames_of_another_type_or_version_are_refused(FrameType type)
    {
        foreach (var other in ControlTypes.Where(other => other != type))
        {
            var longer = new byte[128];
            Example(other).CopyTo(longer, 0);
            Assert.That(Read(type, longer), Is.EqualTo(FrameFault.UnexpectedType));
        }

        var versioned = Example(type);
        versioned[4] = 1;
        Assert.That(Read(type, versioned), Is.EqualTo(FrameFault.UnknownVersion));
    }

    [TestCaseSource(nameof(ControlTypes))]
    public void Control_frames_may_be_followed_by_bytes_but_not_claim_more_than_there_are(FrameType type)
    {
        var whole = Example(type);
        var longer = new byte[whole.Length + 8];
        whole.CopyTo(longer, 0);
        Assert.That(Read(type, longer), Is.EqualTo(FrameFault.None));
        foreach (var claimed in new[] { longer.Length + 1, int.MaxValue, -1, int.MinValue, 0, 8 })
        {
            BinaryPrimitives.WriteInt32LittleEndian(longer, claimed);
            Assert.That(Read(type, longer), Is.EqualTo(FrameFault.WrongLength), $"claims {claimed}");
        }
    }

    [Test]
    public void Random_bytes_never_reach_out_of_the_datagram()
    {
        var random = new SeededRandom(0xBADC0DE);
        FrameType[] all = [.. ControlTypes, FrameType.Data, FrameType.Pad];
        var accepted = 0;
        for (var trial = 0; trial < 200_000; trial++)
        {
            var type = random.Pick<FrameType>(all);
            var isData = type is FrameType.Data or FrameType.Pad;
            var bytes = new byte[isData ? 32 * random.NextInRange(0, 4) : random.NextInRange(0, 60)];
            random.Fill(bytes);
            MakePlausible(random, bytes, type);
            var fault = isData ? DataDatagram.TryRead(bytes, TermLengthBytes, out _) : Read(type, bytes);
            accepted += fault == FrameFault.None ? 1 : 0;
        }

        Assert.That(accepted, Is.GreaterThan(1_000), "some get past the first checks, or nothing was tried");
    }

    [TestCase(28, 65_535, FrameFault.TermLengthRefused)]
    [TestCase(28, 1 << 15, FrameFault.TermLengthRefused)]
    [TestCase(28, int.MinValue, FrameFault.TermLengthRefused)]
    [TestCase(32, 0, FrameFault.MtuRefused)]
    [TestCase(32, 1_400, FrameFault.MtuRefused)]
    [TestCase(32, 65_536, FrameFault.MtuRefused)]
    [TestCase(8, -32, FrameFault.OutsideTerm)]
    [TestCase(8, 65_536, FrameFault.OutsideTerm)]
    [TestCase(8, 33, FrameFault.NotAligned)]
    [TestCase(24, 6, FrameFault.OutsideTerm)]
    public void A_setup_that_describes_no_stream_is_refused(int offset, int value, FrameFault fault)
    {
        var setup = Example(FrameType.Setup);
        BinaryPrimitives.WriteInt32LittleEndian(setup.AsSpan(offset), value);
        Assert.That(SetupFrame.TryRead(setup, out var read), Is.EqualTo(fault));
        Assert.That(read, Is.EqualTo(default(SetupFrame)), "nothing of it is given out");
    }

    [TestCase(37)]
    [TestCase(40)]
    [TestCase(43)]
    [TestCase(45)]
    [TestCase(52)]
    public void A_status_message_has_36_or_44_bytes(int length)
    {
        var status = new byte[64];
        Example(FrameType.StatusMessage).CopyTo(status, 0);
        BinaryPrimitives.WriteInt32LittleEndian(status, length);
        Assert.That(StatusMessageFrame.TryRead(status, out _), Is.EqualTo(FrameFault.WrongLength));
    }

    [TestCase(65_536, 0, FrameFault.OutsideTerm)]
    [TestCase(-32, 0, FrameFault.OutsideTerm)]
    [TestCase(40, 0, FrameFault.NotAligned)]
    [TestCase(64, 32_768, FrameFault.None)]
    [TestCase(64, 32_769, FrameFault.WindowRefused)]
    [TestCase(64, -1, FrameFault.WindowRefused)]
    public void A_status_message_stays_within_its_stream(int offset, int window, FrameFault fault)
    {
        var status = new StatusMessageFrame(0, 1, 2, 7, offset, window, 3);
        Assert.That(status.CheckStream(TermLengthBytes), Is.EqualTo(fault));
        var asking = status with { Flags = FrameFlags.StatusSendSetup };
        Assert.That(asking.CheckStream(TermLengthBytes), Is.EqualTo(FrameFault.None), "its position says nothing");
    }

    [TestCase(65_536, 32, FrameFault.OutsideTerm)]
    [TestCase(-32, 32, FrameFault.OutsideTerm)]
    [TestCase(0, -32, FrameFault.WrongLength)]
    [TestCase(0, 40, FrameFault.NotAligned)]
    [TestCase(16, 32, FrameFault.NotAligned)]
    [TestCase(65_504, 64, FrameFault.None)]
    public void A_nak_names_a_gap_in_its_stream(int offset, int length, FrameFault fault) =>
        Assert.That(new NakFrame(1, 2, 7, offset, length).CheckStream(TermLengthBytes), Is.EqualTo(fault));

    [TestCase(-1)]
    [TestCase(6)]
    [TestCase(1_024)]
    [TestCase(int.MaxValue)]
    public void The_text_of_an_error_lies_within_its_frame(int textLength)
    {
        var error = Example(FrameType.Error);
        BinaryPrimitives.WriteInt32LittleEndian(error.AsSpan(36), textLength);
        Assert.That(ErrorFrame.TryRead(error, out _), Is.EqualTo(FrameFault.TextRefused));
    }

    private static void MakePlausible(SeededRandom random, byte[] bytes, FrameType type)
    {
        if (bytes.Length < 32)
        {
            return;
        }

        bytes[4] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)type);
        if (random.Chance(3, 4))
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, random.NextInRange(0, bytes.Length + 1));
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), 32 * random.NextInRange(-1, TermLengthBytes / 32));
        }

        if (type == FrameType.Error && bytes.Length >= 40 && random.Chance(1, 2))
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(36), random.NextInRange(-1, 30));
        }
    }

    private static FrameFault Read(FrameType type, byte[] bytes) => type switch
    {
        FrameType.Setup => SetupFrame.TryRead(bytes, out _),
        FrameType.StatusMessage => StatusMessageFrame.TryRead(bytes, out _),
        FrameType.NegativeAcknowledgement => NakFrame.TryRead(bytes, out _),
        FrameType.RoundTripMeasurement => RoundTripFrame.TryRead(bytes, out _),
        FrameType.Error => ErrorFrame.TryRead(bytes, out _),
        _ => ResponseSetupFrame.TryRead(bytes, out _),
    };

    private static byte[] Example(FrameType type)
    {
        var bytes = new byte[64];
        var length = type switch
        {
            FrameType.Setup => new SetupFrame(0, 64, 1, 2, 7, 7, TermLengthBytes, 1_408).Write(bytes),
            FrameType.StatusMessage => new StatusMessageFrame(0, 1, 2, 7, 64, 32_768, -5).Write(bytes),
            FrameType.NegativeAcknowledgement => new NakFrame(1, 2, 7, 64, 96).Write(bytes),
            FrameType.RoundTripMeasurement => new RoundTripFrame(FrameFlags.RoundTripReply, 1, 2, 3, 4, 5).Write(bytes),
            FrameType.Error => new ErrorFrame(0, 1, 2, 3, 4, ErrorFrame.ImageRejected, "gone!"u8).Write(bytes),
            _ => new ResponseSetupFrame(1, 2, 3).Write(bytes),
        };
        return bytes[..length];
    }
}
