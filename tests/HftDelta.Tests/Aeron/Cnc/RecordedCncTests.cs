using System.Text.Json;
using HftDelta.Aeron.Cnc;
using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Publications;
using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Cnc;

/// <summary>Our <c>cnc.dat</c> beside the recorded one of an official driver, field by field.</summary>
[CancelAfter(20_000)]
internal sealed unsafe class RecordedCncTests
{
    private const string ReceiveChannel = "aeron:udp?endpoint=127.0.0.1:24340";
    private const string Channel =
        ReceiveChannel + "|term-length=65536|session-id=101|init-term-id=7|term-id=7|term-offset=0|mtu=1408|alias=vec";
    private const int StreamId = 1001;
    private const int SessionId = 101;
    private const int FirstRecordedStream = 46;

    [Test]
    public void Sections_of_the_recorded_file_lie_where_it_says()
    {
        using var recorded = Recorded();
        var header = Convert.FromHexString(recorded.RootElement.GetProperty("metadata_hex").GetString()!);
        var length = recorded.RootElement.GetProperty("cnc_file_length").GetInt64();
        var offsets = recorded.RootElement.GetProperty("section_offsets");
        fixed (byte* file = header)
        {
            var sections = CncSections.Read(file, length);

            Assert.That(sections, Is.Not.Null);
            Assert.That(CncSections.ToDriverOffset, Is.EqualTo(offsets.GetProperty("to_driver").GetInt32()));
            Assert.That(sections!.Value.ToClientsOffset, Is.EqualTo(offsets.GetProperty("to_clients").GetInt32()));
            Assert.That(sections.Value.CounterMetadataOffset, Is.EqualTo(offsets.GetProperty("counters_metadata").GetInt32()));
            Assert.That(sections.Value.CounterValuesOffset, Is.EqualTo(offsets.GetProperty("counters_values").GetInt32()));
            Assert.That(sections.Value.ErrorLogOffset, Is.EqualTo(offsets.GetProperty("error_log").GetInt32()));
            Assert.That(sections.Value.FileLengthBytes, Is.EqualTo(length));
        }
    }

    [Test]
    public void Header_and_trailers_hold_the_recorded_fields_at_the_recorded_places()
    {
        using var recorded = Recorded();
        using var folder = new AeronFolder();
        using var directory = folder.Open();
        _ = directory.NextCorrelationId();

        var ours = File.ReadAllBytes(folder.Of("cnc.dat"));
        var header = Convert.FromHexString(recorded.RootElement.GetProperty("metadata_hex").GetString()!);

        // Version, lengths of counters and errors, liveness, start and process are each driver's own.
        Assert.That(ours.AsSpan(4, 8).ToArray(), Is.EqualTo(header.AsSpan(4, 8).ToArray()), "lengths of ring and broadcast");
        Assert.That(BitConverter.ToInt64(ours, 32), Is.EqualTo(BitConverter.ToInt64(header, 32)), "start time");
        Assert.That(BitConverter.ToInt64(ours, 40), Is.EqualTo(Environment.ProcessId));
        Assert.That(ours.AsSpan(48, 80).ToArray(), Is.EqualTo(header.AsSpan(48, 80).ToArray()), "page size and zeros");
        Assert.That(BitConverter.ToInt32(ours, 0), Is.Zero, "not ready before it is published");

        // The words of the recorded ring that are not zero: tail, head cache, head, correlation id, heartbeat.
        var trailer = Convert.FromHexString(recorded.RootElement.GetProperty("to_driver_trailer_hex").GetString()!);
        Assert.That(BitConverter.ToInt64(trailer, 640), Is.GreaterThan(1_795_376_415_424), "the recorded heartbeat");
        Assert.That(BitConverter.ToInt64(ours, 128 + 1_048_576 + 640), Is.EqualTo(folder.NowMillis));
        Assert.That(BitConverter.ToInt64(trailer, 512), Is.EqualTo(14), "the recorded correlation id");
        Assert.That(BitConverter.ToInt64(ours, 128 + 1_048_576 + 512), Is.EqualTo(1));
    }

    [Test]
    public void System_counters_have_the_recorded_numbers_types_keys_and_names()
    {
        using var recorded = Recorded();
        using var folder = new AeronFolder();
        using var directory = folder.Open();

        var ours = CountersOf(folder);

        for (var id = 0; id < FirstRecordedStream; id++)
        {
            var theirs = RecordedCounter(recorded, id);

            // Versions and thresholds are each driver's own.
            var name = theirs.Label.Split(':')[0];
            Assert.That(ours[id].Label, Does.StartWith(name));
            Assert.That(ours[id] with { Label = theirs.Label }, Is.EqualTo(theirs), name);
        }
    }

    [Test]
    public void Counters_of_streams_and_channels_are_the_recorded_records()
    {
        using var recorded = Recorded();
        using var folder = new AeronFolder();
        using var directory = folder.Open();
        var store = directory.Counters;
        var identity = new PublicationIdentity(3, SessionId, StreamId, IsExclusive: true);

        _ = new ChannelCounters(
            store, CounterType.ReceiveChannelStatus, ReceiveChannel, SocketEndpoint.Parse("127.0.0.1:24340"), 2);

        // A counter of a client, which we do not have, is in the place that the recorded client had.
        store.Allocate(new CounterDescription(CounterType.Driver, "in between", []));
        _ = new ChannelCounters(store, CounterType.SendChannelStatus, Channel, SocketEndpoint.Parse("127.0.0.1:55388"), 3);
        _ = new PublicationCounters(store, identity, Channel, 0);
        _ = new StreamCounters(store, 2, SessionId, StreamId, ReceiveChannel).ReaderPosition(0, 4);
        _ = new ImageCounters(store, 4, SessionId, StreamId, ReceiveChannel, 0);

        var ours = CountersOf(folder);
        for (var id = FirstRecordedStream; id <= 60; id++)
        {
            if (id != 48)
            {
                Assert.That(ours[id], Is.EqualTo(RecordedCounter(recorded, id)));
            }
        }
    }

    private static JsonDocument Recorded() => VectorFiles.Read("cnc-layout");

    private static Record RecordedCounter(JsonDocument recorded, int id)
    {
        var counter = recorded.RootElement.GetProperty("counters")[id];
        return new Record(
            counter.GetProperty("id").GetInt32(),
            counter.GetProperty("state").GetInt32(),
            counter.GetProperty("type_id").GetInt32(),
            counter.GetProperty("free_for_reuse_deadline_ms").GetString()!,
            counter.GetProperty("key_hex").GetString()!,
            counter.GetProperty("label").GetString()!,
            counter.GetProperty("registration_id").GetInt64(),
            counter.GetProperty("reference_id").GetInt64());
    }

    // Read by the fact sheet's offsets alone.
    private static Dictionary<int, Record> CountersOf(AeronFolder folder)
    {
        var file = File.ReadAllBytes(folder.Of("cnc.dat"));
        var metadata = 128 + BitConverter.ToInt32(file, 4) + BitConverter.ToInt32(file, 8);
        var values = metadata + BitConverter.ToInt32(file, 12);
        Dictionary<int, Record> counters = [];
        for (var id = 0; BitConverter.ToInt32(file, metadata + (512 * id)) != 0; id++)
        {
            var record = metadata + (512 * id);
            var value = values + (128 * id);
            counters.Add(id, new Record(
                id,
                BitConverter.ToInt32(file, record),
                BitConverter.ToInt32(file, record + 4),
                $"{BitConverter.ToInt64(file, record + 8)}",
                Convert.ToHexStringLower(file.AsSpan(record + 16, 112).TrimEnd((byte)0)),
                System.Text.Encoding.ASCII.GetString(file, record + 132, BitConverter.ToInt32(file, record + 128)),
                BitConverter.ToInt64(file, value + 8),
                BitConverter.ToInt64(file, value + 24)));
        }

        return counters;
    }

    private sealed record Record(
        int Id, int State, int TypeId, string Deadline, string KeyHex, string Label, long RegistrationId, long ReferenceId);
}
