using HftDelta.Aeron;
using HftDelta.Aeron.Channels;
using HftDelta.Aeron.Sockets;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Channels;

/// <summary>What channels mean, how they are printed, and how the others are refused.</summary>
[CancelAfter(20_000)]
internal sealed class ChannelUriTests
{
    [Test]
    public void Every_parameter_is_read_and_printed_in_one_order()
    {
        const string canonical =
            "aeron:udp?endpoint=venue.example:40123|control=[fe80::1]:40124|control-mode=dynamic|interface=10.1.2.3:0|mtu=1408"
            + "|term-length=65536|session-id=-101|init-term-id=2147483647|term-id=-2147483648|term-offset=64512|stream-id=1001"
            + "|linger=250ms|eos=false|pub-wnd=8192|rcv-wnd=4096|reliable=false|rejoin=true|so-sndbuf=0"
            + "|so-rcvbuf=131072|ssc=true|fc=tagged,g:-7/2,t:10s,rrwm:8|max-resend=256|sparse=false|tether=false|group=inferred"
            + "|gtag=-9223372036854775808|cc=cubic|nak-delay=200us|ttl=255|tags=1001,-7|untethered-window-limit-timeout=1s"
            + "|untethered-linger-timeout=2s|untethered-resting-timeout=3s|response-correlation-id=77"
            + "|response-endpoint=10.0.0.1:9|media-rcv-ts-offset=reserved|channel-rcv-ts-offset=0|channel-snd-ts-offset=16"
            + "|alias=to=me";
        var shuffled = canonical["aeron:udp?".Length..].Split('|');
        new SeededRandom(0xC4A).Shuffle<string>(shuffled);

        var channel = ChannelUri.Parse("aeron:udp?" + string.Join('|', shuffled));

        Assert.That(channel.ToString(), Is.EqualTo(canonical));
        Assert.That(channel, Is.EqualTo(new ChannelUri
        {
            Endpoint = new HostPort("venue.example", 40_123),
            Control = new HostPort("fe80::1", 40_124),
            ControlMode = ControlMode.Dynamic,
            Interface = new InterfaceAddress(new HostPort("10.1.2.3", 0)),
            MtuLengthBytes = 1_408,
            TermLengthBytes = 65_536,
            SessionId = -101,
            InitialTermId = int.MaxValue,
            TermId = int.MinValue,
            TermOffset = 64_512,
            StreamId = 1_001,
            LingerNanos = 250_000_000,
            SignalsEndOfStream = false,
            PublicationWindowBytes = 8_192,
            ReceiverWindowBytes = 4_096,
            IsReliable = false,
            Rejoins = true,
            SendBufferBytes = 0,
            ReceiveBufferBytes = 131_072,
            SpiesSimulateConnection = true,
            FlowControl = new FlowControlChoice
            {
                Kind = FlowControlKind.Tagged,
                GroupTag = -7,
                GroupSizeMin = 2,
                ReceiverTimeoutNanos = 10_000_000_000,
                RetransmitWindowMultiple = 8,
            },
            MaxResend = 256,
            IsSparse = false,
            IsTethered = false,
            Group = GroupSemantics.Inferred,
            GroupTag = long.MinValue,
            CongestionControl = CongestionControlKind.Cubic,
            NakDelayNanos = 200_000,
            TimeToLive = 255,
            ChannelTag = 1_001,
            EntityTag = -7,
            UntetheredWindowLimitNanos = 1_000_000_000,
            UntetheredLingerNanos = 2_000_000_000,
            UntetheredRestingNanos = 3_000_000_000,
            ResponseCorrelationId = 77,
            ResponseEndpoint = new HostPort("10.0.0.1", 9),
            MediaReceiveTimestampOffset = ChannelUri.ReservedValueTimestampOffset,
            ChannelReceiveTimestampOffset = 0,
            ChannelSendTimestampOffset = 16,
            Alias = "to=me",
        }));
    }

    [TestCase("session-id=tag:-3")]
    [TestCase("tags=1001")]
    [TestCase("tags=,7")]
    [TestCase("fc=max")]
    [TestCase("fc=max,rrwm:4")]
    [TestCase("fc=min")]
    [TestCase("fc=min,g:/5,t:77ns")]
    [TestCase("fc=tagged,g:5")]
    [TestCase("fc=tagged,g:/5")]
    [TestCase("group=true")]
    [TestCase("group=false")]
    [TestCase("cc=static")]
    [TestCase("response-correlation-id=-1")]
    [TestCase("response-correlation-id=prototype")]
    [TestCase("interface=10.0.0.0:5/8")]
    [TestCase("interface=[fe80::1]:0/64")]
    public void Other_forms_of_a_value_are_printed_as_they_were_read(string parameter)
    {
        var text = "aeron:udp?endpoint=127.0.0.1:40123|" + parameter;
        Assert.That(ChannelUri.Parse(text).ToString(), Is.EqualTo(text));
    }

    [TestCase("127.0.0.0:0/8", "127.0.0.1:0")]
    [TestCase("127.0.0.0:40123/24", "127.0.0.1:40123")]
    [TestCase("127.0.0.77", "127.0.0.77:0")]
    public void An_interface_is_an_address_or_the_machines_own_in_a_subnet(string text, string local)
    {
        var channel = ChannelUri.Parse("aeron:udp?endpoint=a:1|interface=" + text);
        Assert.That(channel.Interface!.Resolve(), Is.EqualTo(SocketEndpoint.Parse(local)));
    }

    [Test]
    public void A_subnet_that_this_machine_is_not_in_is_refused()
    {
        var channel = ChannelUri.Parse("aeron:udp?endpoint=a:1|interface=203.0.113.0/24");
        Assert.That(
            () => channel.Interface!.Resolve(), Throws.TypeOf<AeronException>().With.Message.Contains("203.0.113.0:0/24"));
    }

    [TestCase("10.1.2.3", "10.1.2.3", 32, true)]
    [TestCase("10.1.2.3", "10.1.2.2", 32, false)]
    [TestCase("10.1.2.3", "10.1.2.2", 31, true)]
    [TestCase("10.1.2.3", "10.1.3.3", 23, true)]
    [TestCase("10.1.2.3", "10.1.3.3", 24, false)]
    [TestCase("10.1.2.3", "200.9.9.9", 0, true)]
    [TestCase("10.1.2.3", "::1", 0, false)]
    [TestCase("fe80::1", "fe80::2", 64, true)]
    public void A_subnet_is_its_leading_bits(string one, string other, int prefixLength, bool agree) =>
        Assert.That(
            InterfaceAddress.Agree(
                System.Net.IPAddress.Parse(one), System.Net.IPAddress.Parse(other), prefixLength),
            Is.EqualTo(agree));

    [Test]
    public void What_is_not_said_stays_unsaid()
    {
        var channel = ChannelUri.Parse("aeron:udp?endpoint=127.0.0.1:0");
        Assert.That(channel, Is.EqualTo(new ChannelUri { Endpoint = new HostPort("127.0.0.1", 0) }));
        Assert.That(channel.ToString(), Is.EqualTo("aeron:udp?endpoint=127.0.0.1:0"));
        var resolved = channel.WithEndpoint(SocketEndpoint.Loopback(40_001));
        Assert.That(resolved.ToString(), Is.EqualTo("aeron:udp?endpoint=127.0.0.1:40001"));
    }

    [TestCase("64k", 65_536)]
    [TestCase("64K", 65_536)]
    [TestCase("1m", 1 << 20)]
    [TestCase("16M", 16 << 20)]
    [TestCase("1g", 1 << 30)]
    [TestCase("1024m", 1 << 30)]
    [TestCase("131072", 131_072)]
    public void Sizes_take_binary_suffixes(string text, int bytes)
    {
        Assert.That(ChannelValues.Size(text), Is.EqualTo(bytes));
        Assert.That(ChannelUri.Parse($"aeron:udp?endpoint=a:1|term-length={text}").TermLengthBytes, Is.EqualTo(bytes));
    }

    [TestCase("")]
    [TestCase("k")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase(" 1")]
    [TestCase("1kb")]
    [TestCase("1.5k")]
    [TestCase("2g")]
    [TestCase("9999999999999999999")]
    [TestCase("9007199254740993g")]
    [TestCase("0x10")]
    public void What_is_no_size_is_none(string text) => Assert.That(ChannelValues.Size(text), Is.Null);

    [TestCase("5s", 5_000_000_000, "5s")]
    [TestCase("100ms", 100_000_000, "100ms")]
    [TestCase("1000ms", 1_000_000_000, "1s")]
    [TestCase("1us", 1_000, "1us")]
    [TestCase("77ns", 77, "77ns")]
    [TestCase("1500", 1_500, "1500ns")]
    [TestCase("0ns", 0, "0ns")]
    [TestCase("3600s", 3_600_000_000_000, "3600s")]
    public void Durations_take_units(string text, long nanos, string printed)
    {
        Assert.That(ChannelValues.Duration(text), Is.EqualTo(nanos));
        Assert.That(ChannelValues.DurationText(nanos), Is.EqualTo(printed));
    }

    [TestCase("")]
    [TestCase("s")]
    [TestCase("5m")]
    [TestCase("-5s")]
    [TestCase("3601s")]
    [TestCase("5 s")]
    [TestCase("99999999999999999999ns")]
    public void What_is_no_duration_is_none(string text) => Assert.That(ChannelValues.Duration(text), Is.Null);

    [TestCase("mtu=1400", "mtu", "multiple of 32")]
    [TestCase("mtu=32", "mtu", "from 64 to 65504")]
    [TestCase("mtu=65536", "mtu", "65504")]
    [TestCase("mtu=", "mtu", "1408")]
    [TestCase("term-length=65535", "term-length", "power of two from 64k to 1g")]
    [TestCase("term-length=32k", "term-length", "64k")]
    [TestCase("term-length=64k|mtu=8224", "mtu", "8192")]
    [TestCase("session-id=2147483648", "session-id", "2147483647")]
    [TestCase("session-id=tag:", "session-id", "tag:number")]
    [TestCase("init-term-id=1", "init-term-id", "all three or none")]
    [TestCase("term-id=1|term-offset=0", "init-term-id", "all three or none")]
    [TestCase("init-term-id=5|term-id=4|term-offset=0", "term-id", "comes before")]
    [TestCase("init-term-id=5|term-id=5|term-offset=33", "term-offset", "multiple of 32")]
    [TestCase("init-term-id=5|term-id=5|term-offset=-32", "term-offset", "multiple of 32")]
    [TestCase("init-term-id=5|term-id=5|term-offset=65536|term-length=64k", "term-offset", "65536")]
    [TestCase("linger=5m", "linger", "5s")]
    [TestCase("eos=yes", "eos", "true or false")]
    [TestCase("pub-wnd=64k|term-length=64k", "pub-wnd", "32768")]
    [TestCase("pub-wnd=1k|mtu=1408", "pub-wnd", "mtu")]
    [TestCase("control-mode=sideways|control=a:1", "control-mode", "dynamic, manual or response")]
    [TestCase("control-mode=dynamic", "control-mode", "add control")]
    [TestCase("alias=a|alias=b", "alias", "twice")]
    [TestCase("fc=", "fc", "max, min or tagged")]
    [TestCase("fc=fair", "fc", "max, min or tagged")]
    [TestCase("fc=max,t:5s", "fc", "max, min or tagged")]
    [TestCase("fc=min,g:5/2", "fc", "g:/size with min")]
    [TestCase("fc=min,g:/", "fc", "g:/size with min")]
    [TestCase("fc=tagged,g:", "fc", "g:tag/size")]
    [TestCase("fc=tagged,g:1,g:2", "fc", "g:tag/size")]
    [TestCase("fc=tagged,t:0s", "fc", "t:duration")]
    [TestCase("fc=max,rrwm:0", "fc", "rrwm:number")]
    [TestCase("max-resend=0", "max-resend", "1 to 256")]
    [TestCase("max-resend=257", "max-resend", "1 to 256")]
    [TestCase("ttl=256", "ttl", "0 to 255")]
    [TestCase("tags=", "tags", "channel tag")]
    [TestCase("tags=,", "tags", "channel tag")]
    [TestCase("tags=1,2,3", "tags", "channel tag")]
    [TestCase("tags=1,", "tags", "channel tag")]
    [TestCase("group=maybe", "group", "inferred")]
    [TestCase("gtag=9223372036854775808", "gtag", "64 bits")]
    [TestCase("cc=reno", "cc", "static or cubic")]
    [TestCase("nak-delay=-1ns", "nak-delay", "duration")]
    [TestCase("response-correlation-id=-2", "response-correlation-id", "-1 for none")]
    [TestCase("response-endpoint=here", "response-endpoint", "host:port")]
    [TestCase("channel-snd-ts-offset=-8", "channel-snd-ts-offset", "reserved")]
    [TestCase("interface=10.0.0.0/x", "interface", "prefix")]
    [TestCase("interface=10.0.0.0/129", "interface", "prefix")]
    [TestCase("control-mode=response", "control-mode", "add control")]
    [TestCase("colour=red", "colour", "allowed are endpoint, control")]
    [TestCase("Mtu=1408", "Mtu", "unknown")]
    [TestCase("mtu", "mtu", "name=value")]
    [TestCase("=5", "=5", "name=value")]
    [TestCase("", "''", "separate parameters by |")]
    public void What_cannot_be_is_refused_by_name_with_what_is_allowed(string parameters, string name, string allowed)
    {
        var text = "aeron:udp?endpoint=127.0.0.1:40123|" + parameters;
        var refusal = Assert.Throws<AeronException>(() => ChannelUri.Parse(text));
        Assert.That(refusal!.Message, Does.Contain(text).And.Contain(name).And.Contain(allowed));
        Assert.That(ChannelUri.TryParse(text, out var channel, out var reason), Is.False);
        Assert.That((channel, reason), Is.EqualTo(((ChannelUri?)null, refusal.Message)));
    }

    [TestCase("aeron:ipc")]
    [TestCase("aeron-spy:aeron:udp?endpoint=a:1")]
    [TestCase("udp://127.0.0.1:40123")]
    [TestCase("AERON:UDP?endpoint=a:1")]
    [TestCase("")]
    public void Other_media_are_refused_with_an_example(string text) =>
        Assert.That(() => ChannelUri.Parse(text), Throws.TypeOf<AeronException>().With.Message.Contains("aeron:udp?endpoint="));

    [TestCase("aeron:udp")]
    [TestCase("aeron:udp?mtu=1408")]
    public void A_channel_needs_an_address(string text) =>
        Assert.That(() => ChannelUri.Parse(text), Throws.TypeOf<AeronException>().With.Message.Contains("add endpoint"));

    [Test]
    public void A_channel_is_at_most_4095_characters()
    {
        var text = "aeron:udp?endpoint=a:1|alias=".PadRight(ChannelUri.TextLengthMax + 1, 'x');
        Assert.That(() => ChannelUri.Parse(text), Throws.TypeOf<AeronException>().With.Message.Contains("4095"));
    }

    [TestCase("localhost:40123", "localhost", 40_123)]
    [TestCase("venue-1.example.org:0", "venue-1.example.org", 0)]
    [TestCase("10.0.0.255:65535", "10.0.0.255", 65_535)]
    [TestCase("[::1]:7", "::1", 7)]
    [TestCase("[fe80::1%2]:7", "fe80::1%2", 7)]
    public void Endpoints_are_names_or_numbers_with_a_port(string text, string host, int port)
    {
        var channel = ChannelUri.Parse("aeron:udp?endpoint=" + text);
        Assert.That(channel.Endpoint, Is.EqualTo(new HostPort(host, (ushort)port)));
        Assert.That(channel.Endpoint!.ToString(), Is.EqualTo(text));
    }

    [TestCase("localhost")]
    [TestCase("localhost:")]
    [TestCase(":40123")]
    [TestCase("localhost:65536")]
    [TestCase("localhost:-1")]
    [TestCase("localhost:4e2")]
    [TestCase("::1:40123")]
    [TestCase("[::1]")]
    [TestCase("[::1:40123")]
    [TestCase("[localhost]:1")]
    [TestCase("[127.0.0.1]:1")]
    [TestCase("1.2.3:1")]
    [TestCase("256.1.1.1:1")]
    [TestCase("ven ue:1")]
    [TestCase("")]
    public void What_is_no_endpoint_is_refused(string text) =>
        Assert.That(
            () => ChannelUri.Parse("aeron:udp?endpoint=" + text),
            Throws.TypeOf<AeronException>().With.Message.Contains("host:port"));

    [Test]
    public void Endpoints_resolve_to_numbers()
    {
        Assert.That(new HostPort("127.0.0.1", 5).Resolve(), Is.EqualTo(SocketEndpoint.Loopback(5)));
        Assert.That(new HostPort("::1", 5).Resolve(), Is.EqualTo(SocketEndpoint.Parse("[::1]:5")));
        Assert.That(new HostPort("localhost", 5).Resolve().IsLoopback, Is.True);
        Assert.That(
            () => new HostPort("no-such-host.invalid", 5).Resolve(),
            Throws.TypeOf<AeronException>().With.Message.Contains("no-such-host.invalid"));
    }

    [TestCaseSource(typeof(VectorFiles), nameof(VectorFiles.Scenarios))]
    public void Recorded_channels_print_what_they_read(string scenario)
    {
        using var file = VectorFiles.Read(scenario);
        foreach (var text in VectorFiles.Channels(file))
        {
            var given = text[(text.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('|');
            var printed = ChannelUri.Parse(text).ToString();
            Assert.That(printed["aeron:udp?".Length..].Split('|'), Is.EquivalentTo(given), text);
        }
    }

    [TestCase("aeron:udp?control-mode=manual")]
    [TestCase("aeron:udp?tags=1001")]
    [TestCase("aeron:udp?session-id=tag:8|tags=1001,7")]
    public void Some_channels_have_their_address_from_elsewhere(string text) =>
        Assert.That(ChannelUri.Parse(text).ToString(), Is.EqualTo(text));

    [Test]
    public void Any_text_is_read_or_refused_with_a_reason()
    {
        const string symbols = "aeronudp:?|=[]0123456789.-kms";
        var random = new SeededRandom(0x0DD);
        for (var trial = 0; trial < 20_000; trial++)
        {
            var tail = new string([.. Enumerable.Range(0, random.NextInRange(0, 30))
                .Select(_ => symbols[(int)random.NextBelow((ulong)symbols.Length)])]);
            var text = "aeron:udp?endpoint=a:1|" + tail;
            if (ChannelUri.TryParse(text, out var channel, out var reason))
            {
                Assert.That(ChannelUri.Parse(channel!.ToString()), Is.EqualTo(channel), text);
            }
            else
            {
                Assert.That(reason, Does.Contain(text));
            }
        }
    }
}
