using System.Net.Sockets;
using System.Reflection;
using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Sockets;

/// <summary>The ways in which a socket moves batches.</summary>
public enum SocketKind
{
    /// <summary>Many datagrams by one system call.</summary>
    Plain,

    /// <summary>The kernel cuts what leaves into datagrams.</summary>
    Segmenting,

    /// <summary>The kernel knows how to cut, and refuses when it comes to it.</summary>
    SegmentingRefused,

    /// <summary>The kernel hands over several datagrams as one.</summary>
    Coalescing,

    SegmentingAndCoalescing,

    /// <summary>The class library, one call each.</summary>
    Portable,
}

/// <summary>Makes sockets of one kind, or skips where the system has none.</summary>
internal static class SocketKinds
{
    public static DatagramSocketFactory FactoryOrSkip(SocketKind kind)
    {
        if (kind == SocketKind.Portable)
        {
            return new MachineSocketFactory(portable: true);
        }

        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("only Linux has this kind of socket");
        }

        var factory = new KindFactory(kind);
        using var probe = factory.Open(new DatagramSocketOptions { Local = SocketEndpoint.Loopback() });
        if ((factory.Segments && !probe.SegmentsBatches) || (factory.Coalesces && !probe.CoalescesBatches))
        {
            Assert.Ignore("this kernel does not offload UDP");
        }

        return factory;
    }

    private sealed class KindFactory(SocketKind kind) : DatagramSocketFactory
    {
        private const int LevelSocket = 1;
        private const int OptionNoChecksum = 11;

        public bool Segments { get; } =
            kind is SocketKind.Segmenting or SocketKind.SegmentingRefused or SocketKind.SegmentingAndCoalescing;

        public bool Coalesces { get; } = kind is SocketKind.Coalescing or SocketKind.SegmentingAndCoalescing;

        public override DatagramSocket Open(in DatagramSocketOptions options)
        {
            var wanted = options with { UsesSegmentationOffload = Segments, UsesReceiveOffload = Coalesces };
            var socket = Machine.Open(wanted);
            if (kind == SocketKind.SegmentingRefused)
            {
                // Cut datagrams need checksums, so the kernel itself refuses to cut for a socket that sends none.
                var inner = socket.GetType().GetField("_socket", BindingFlags.Instance | BindingFlags.NonPublic);
                ((Socket)inner!.GetValue(socket)!).SetRawSocketOption(
                    LevelSocket, OptionNoChecksum, BitConverter.GetBytes(1));
            }

            return socket;
        }
    }
}
