using System.Text;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.Connections;

/// <summary>
/// Encodes what a client says that is no request. One buffer, each frame valid until the next. Cold, but the keep-alive.
/// </summary>
internal sealed class HandshakeFrames(VenueClientOptions options)
{
    private const int NonceLengthBytes = 32;

    private readonly byte[] _buffer = new byte[512];
    private readonly byte[] _session = new byte[SessionId.LengthBytes];
    private readonly byte[] _nonce = new byte[NonceLengthBytes];

    public ReadOnlySpan<byte> Negotiate(SessionId session, string responseChannel, TimeNanos now)
    {
        session.Write(_session);
        options.Random(_nonce);
        var channel = Encoding.ASCII.GetBytes(responseChannel);
        var message = NegotiateEncoder.Wrap(_buffer);
        message.SetSessionId(_session).SetKeyId(options.Key.Value).SetClientNonce(_nonce).SetSendingTime(now.Value)
            .SetResponseStreamId(options.ReportStreamId).SetMarketDataStreamId(options.MarketDataStreamId)
            .SetResponseChannel(channel);
        return _buffer.AsSpan(0, message.EncodedLength);
    }

    /// <summary>In authentication mode none nobody looks at the proof.</summary>
    public ReadOnlySpan<byte> Prove(SessionId session)
    {
        session.Write(_session);
        var message = ProveEncoder.Wrap(_buffer).SetSessionId(_session);
        return _buffer.AsSpan(0, message.EncodedLength);
    }

    public ReadOnlySpan<byte> Establish(SessionHandle handle, ulong nextRequest, TimeNanos now)
    {
        var message = EstablishEncoder.Wrap(_buffer);
        message.Header.SetSessionHandle(handle.Value).SetSendingTime(now.Value);
        message.SetNextSequence(nextRequest).SetKeepAliveMillis(options.KeepAliveMillis)
            .SetCancelOnDisconnect(options.CancelOnDisconnect ? (byte)1 : (byte)0);
        return _buffer.AsSpan(0, message.EncodedLength);
    }

    public ReadOnlySpan<byte> KeepAlive(SessionHandle handle, ulong nextOnWire, TimeNanos now)
    {
        var message = SequenceNoticeEncoder.Wrap(_buffer).SetSessionHandle(handle.Value).SetNextSequence(nextOnWire)
            .SetSendingTime(now.Value);
        return _buffer.AsSpan(0, message.EncodedLength);
    }

    public ReadOnlySpan<byte> Terminate(SessionHandle handle, TimeNanos now)
    {
        var message = TerminateEncoder.Wrap(_buffer).SetSessionHandle(handle.Value)
            .SetCode(SessionRejectCode.Requested).SetSendingTime(now.Value);
        return _buffer.AsSpan(0, message.EncodedLength);
    }
}
