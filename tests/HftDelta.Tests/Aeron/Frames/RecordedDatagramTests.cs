using System.Text;
using System.Text.Json;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Frames;

/// <summary>
/// Every datagram that was recorded of the official implementation is decoded to the recorded fields and encoded to the
/// recorded bytes. The fields were written down by two decoders that are not ours.
/// </summary>
[CancelAfter(20_000)]
internal sealed class RecordedDatagramTests
{
    // All scenarios were recorded with terms of this length.
    private const int TermLengthBytes = 65_536;

    [TestCaseSource(typeof(VectorFiles), nameof(VectorFiles.Scenarios))]
    public void Recorded_datagrams_decode_to_the_recorded_fields_and_encode_to_the_same_bytes(string scenario)
    {
        using var file = VectorFiles.Read(scenario);
        var count = 0;
        foreach (var (bytes, entry) in VectorFiles.Datagrams(file))
        {
            var frames = entry.GetProperty("frames").EnumerateArray().ToList();
            var where = $"{scenario} n={entry.GetProperty("n")}";
            var again = Again(bytes, frames, where);
            Assert.That(Convert.ToHexString(again), Is.EqualTo(Convert.ToHexString(bytes)), where);
            count++;
        }

        Assert.That(count, Is.GreaterThan(4), "the scenario has traffic");
    }

    private static byte[] Again(byte[] bytes, List<JsonElement> frames, string where)
    {
        Assert.That(FrameHeader.Classify(bytes, out var type), Is.EqualTo(FrameFault.None), where);
        Assert.That((int)type, Is.EqualTo(Number(frames[0].GetProperty("type").GetString()!)), where);
        var again = new byte[bytes.Length];
        if (type is FrameType.Data or FrameType.Pad)
        {
            DataAgain(bytes, frames, again, where);
        }
        else
        {
            Assert.That(frames, Has.Count.EqualTo(1), where);
            Assert.That(ControlAgain(type, bytes, frames[0], again, where), Is.EqualTo(bytes.Length), where);
        }

        return again;
    }

    private static void DataAgain(byte[] bytes, List<JsonElement> frames, byte[] again, string where)
    {
        Assert.That(DataDatagram.TryRead(bytes, TermLengthBytes, out var datagram), Is.EqualTo(FrameFault.None), where);
        Assert.That(datagram.FrameCount, Is.EqualTo(frames.Count), where);
        var last = frames[^1];
        var isHeartbeat = frames[0].TryGetProperty("kind", out var kind) && kind.GetString() == "heartbeat";
        var end = Int(last, "term_offset") + TermArithmetic.Align(Int(last, "frame_length"));
        Assert.That(datagram.IsHeartbeat, Is.EqualTo(isHeartbeat), where);
        Assert.That(DataHeader.IsHeartbeat(bytes), Is.EqualTo(isHeartbeat), where);
        Assert.That(datagram.First.TermOffset + datagram.ExtentBytes, Is.EqualTo(end), where);
        foreach (var frame in frames)
        {
            var offset = Int(frame, "offset");
            var header = DataHeader.Read(bytes.AsSpan(offset));
            var expected = new DataHeader(
                Int(frame, "frame_length"), (byte)Int(frame, "flags"), (FrameType)Number(frame.GetProperty("type").GetString()!),
                Int(frame, "term_offset"), Int(frame, "session_id"), Int(frame, "stream_id"), Int(frame, "term_id"),
                Long(frame, "reserved_value"));
            Assert.That(header, Is.EqualTo(expected), where);
            Assert.That(header.IsEndOfStream, Is.EqualTo(HasFlag(frame, "EOS")), where);
            Assert.That(header.IsRevoked, Is.EqualTo(HasFlag(frame, "REVOKED")), where);
            header.Write(again.AsSpan(offset));
            bytes.AsSpan(offset + DataHeader.LengthBytes, Int(frame, "payload_on_wire"))
                .CopyTo(again.AsSpan(offset + DataHeader.LengthBytes));
        }
    }

    private static int ControlAgain(FrameType type, byte[] bytes, JsonElement frame, byte[] again, string where)
    {
        switch (type)
        {
            case FrameType.Setup:
                Assert.That(SetupFrame.TryRead(bytes, out var setup), Is.EqualTo(FrameFault.None), where);
                Assert.That(setup, Is.EqualTo(new SetupFrame(
                    (byte)Int(frame, "flags"), Int(frame, "term_offset"), Int(frame, "session_id"), Int(frame, "stream_id"),
                    Int(frame, "initial_term_id"), Int(frame, "active_term_id"), Int(frame, "term_length"), Int(frame, "mtu"),
                    Int(frame, "ttl"))), where);
                return setup.Write(again);
            case FrameType.StatusMessage:
                Assert.That(StatusMessageFrame.TryRead(bytes, out var status), Is.EqualTo(FrameFault.None), where);
                Assert.That(status.CheckStream(TermLengthBytes), Is.EqualTo(FrameFault.None), where);
                Assert.That(status, Is.EqualTo(new StatusMessageFrame(
                    (byte)Int(frame, "flags"), Int(frame, "session_id"), Int(frame, "stream_id"),
                    Int(frame, "consumption_term_id"), Int(frame, "consumption_term_offset"), Int(frame, "receiver_window"),
                    Long(frame, "receiver_id"),
                    frame.TryGetProperty("group_tag", out _) ? Long(frame, "group_tag") : null)), where);
                return status.Write(again);
            case FrameType.NegativeAcknowledgement:
                Assert.That(NakFrame.TryRead(bytes, out var nak), Is.EqualTo(FrameFault.None), where);
                Assert.That(nak.CheckStream(TermLengthBytes), Is.EqualTo(FrameFault.None), where);
                Assert.That(nak, Is.EqualTo(new NakFrame(
                    Int(frame, "session_id"), Int(frame, "stream_id"), Int(frame, "term_id"), Int(frame, "term_offset"),
                    Int(frame, "length"))), where);
                return nak.Write(again);
            case FrameType.RoundTripMeasurement:
                Assert.That(RoundTripFrame.TryRead(bytes, out var trip), Is.EqualTo(FrameFault.None), where);
                Assert.That(trip, Is.EqualTo(new RoundTripFrame(
                    (byte)Int(frame, "flags"), Int(frame, "session_id"), Int(frame, "stream_id"),
                    Long(frame, "echo_timestamp"), Long(frame, "reception_delta"), Long(frame, "receiver_id"))), where);
                return trip.Write(again);
            default:
                return RareAgain(type, bytes, frame, again, where);
        }
    }

    private static int RareAgain(FrameType type, byte[] bytes, JsonElement frame, byte[] again, string where)
    {
        if (type == FrameType.Error)
        {
            Assert.That(ErrorFrame.TryRead(bytes, out var error), Is.EqualTo(FrameFault.None), where);
            Assert.That(error.Flags, Is.EqualTo((byte)Int(frame, "flags")), where);
            Assert.That(error.SessionId, Is.EqualTo(Int(frame, "session_id")), where);
            Assert.That(error.StreamId, Is.EqualTo(Int(frame, "stream_id")), where);
            Assert.That(error.ReceiverId, Is.EqualTo(Long(frame, "receiver_id")), where);
            Assert.That(error.GroupTag, Is.EqualTo(Long(frame, "group_tag")), where);
            Assert.That(error.ErrorCode, Is.EqualTo(Int(frame, "error_code")), where);
            Assert.That(Encoding.ASCII.GetString(error.Text), Is.EqualTo(frame.GetProperty("message").GetString()), where);
            return error.Write(again);
        }

        Assert.That(type, Is.EqualTo(FrameType.ResponseSetup), where);
        Assert.That(ResponseSetupFrame.TryRead(bytes, out var setup), Is.EqualTo(FrameFault.None), where);
        Assert.That(setup, Is.EqualTo(new ResponseSetupFrame(
            Int(frame, "session_id"), Int(frame, "stream_id"), Int(frame, "response_session_id"))), where);
        return setup.Write(again);
    }

    private static bool HasFlag(JsonElement frame, string name) =>
        frame.GetProperty("flag_names").EnumerateArray().Any(flag => flag.GetString() == name);

    private static int Number(string type) => type switch
    {
        "PAD" => 0,
        "DATA" => 1,
        "NAK" => 2,
        "SM" => 3,
        "ERR" => 4,
        "SETUP" => 5,
        "RTTM" => 6,
        "RSP_SETUP" => 11,
        _ => -1,
    };

    private static int Int(JsonElement frame, string name) => frame.GetProperty(name).GetInt32();

    // The recorder wrote what a double cannot hold as text.
    private static long Long(JsonElement frame, string name)
    {
        var value = frame.GetProperty(name);
        return value.ValueKind == JsonValueKind.String
            ? long.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
            : value.GetInt64();
    }
}
