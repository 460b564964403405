using System.Net;
using System.Runtime.CompilerServices;
using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Sockets;

/// <summary>Addresses as values, compared with those of the class library.</summary>
[CancelAfter(20_000)]
internal sealed class SocketEndpointTests
{
    [TestCase("127.0.0.1:40123")]
    [TestCase("255.254.253.252:65535")]
    [TestCase("0.0.0.0:0")]
    [TestCase("[::1]:7")]
    [TestCase("[2001:db8:1:2:3:4:5:6]:1")]
    [TestCase("[fe80::1%3]:9")]
    public void Addresses_survive_the_way_there_and_back(string text)
    {
        var library = IPEndPoint.Parse(text);
        var endpoint = SocketEndpoint.From(library);
        Assert.That(endpoint.ToIPEndPoint(), Is.EqualTo(library));
        Assert.That(endpoint.ToString(), Is.EqualTo(text));
        Assert.That(endpoint, Is.EqualTo(SocketEndpoint.Parse(text)));
        Assert.That(endpoint.GetHashCode(), Is.EqualTo(SocketEndpoint.Parse(text).GetHashCode()));
    }

    [Test]
    public void Endpoints_differ_by_address_port_family_and_scope()
    {
        SocketEndpoint[] all =
        [
            default, SocketEndpoint.Parse("1.2.3.4:5"), SocketEndpoint.Parse("1.2.3.4:6"), SocketEndpoint.Parse("1.2.3.5:5"),
            SocketEndpoint.Parse("[::1]:5"), SocketEndpoint.Parse("[fe80::1%1]:5"), SocketEndpoint.Parse("[fe80::1%2]:5"),
            SocketEndpoint.Parse("[::102:304]:5"),
        ];
        for (var left = 0; left < all.Length; left++)
        {
            for (var right = 0; right < all.Length; right++)
            {
                Assert.That(all[left] == all[right], Is.EqualTo(left == right), $"{all[left]} and {all[right]}");
            }
        }

        Assert.That(all[1].HasAddressOf(all[2]), Is.True);
        Assert.That(all[1].HasAddressOf(all[3]), Is.False);
        Assert.That(all[1].WithPort(6), Is.EqualTo(all[2]));
    }

    [Test]
    public void Mapped_addresses_read_as_IPv4()
    {
        var mapped = SocketEndpoint.From(IPAddress.Parse("::ffff:10.1.2.3"), 9);
        Assert.That(mapped, Is.EqualTo(SocketEndpoint.Parse("10.1.2.3:9")));
        Assert.That(mapped.IsIPv4, Is.True);
    }

    [TestCase("127.0.0.1:1", true, false, false)]
    [TestCase("127.255.0.9:1", true, false, false)]
    [TestCase("[::1]:1", true, false, false)]
    [TestCase("0.0.0.0:1", false, true, false)]
    [TestCase("[::]:1", false, true, false)]
    [TestCase("224.0.1.1:1", false, false, true)]
    [TestCase("239.255.0.1:1", false, false, true)]
    [TestCase("[ff02::1]:1", false, false, true)]
    [TestCase("10.0.0.1:1", false, false, false)]
    [TestCase("240.0.0.1:1", false, false, false)]
    public void Kinds_of_addresses_are_told(string text, bool isLoopback, bool isAny, bool isMulticast)
    {
        var endpoint = SocketEndpoint.Parse(text);
        Assert.That((endpoint.IsLoopback, endpoint.IsAny, endpoint.IsMulticast), Is.EqualTo((isLoopback, isAny, isMulticast)));
    }

    [Test]
    public void An_endpoint_is_a_small_value_and_none_by_default()
    {
        Assert.That(RuntimeHelpers.IsReferenceOrContainsReferences<SocketEndpoint>(), Is.False);
        Assert.That(Unsafe.SizeOf<SocketEndpoint>(), Is.EqualTo(24));
        Assert.That(default(SocketEndpoint).IsNone, Is.True);
        Assert.That(default(SocketEndpoint).IsAny, Is.False);
        Assert.That(default(SocketEndpoint).ToString(), Is.EqualTo("none"));
        Assert.That(() => default(SocketEndpoint).ToIPEndPoint(), Throws.InvalidOperationException);
    }
}
