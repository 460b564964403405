using HftDelta.Gateway.Connections;
using HftDelta.Node.Cli;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Demo.Participants;
using HftDelta.Node.Development;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Node.Demo;

/// <summary>
/// The operator's part: lists, opens, pays in and out, closes epochs. A refused command ends the run. Owner: the driver.
/// </summary>
internal sealed class DemoOperator(InProcessConnection connection)
{
    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private ulong _movementId;
    private ulong _epoch;

    /// <summary>Deposits less withdrawals that were asked for.</summary>
    public Int128 MovedAtoms { get; private set; }

    /// <summary>Deposits less withdrawals that the venue reported.</summary>
    public Int128 ReportedAtoms { get; private set; }

    public ulong EpochsClosed => _epoch;

    public void List(DemoUnderlying underlying) => Send(OperatorFrames.List(_buffer, underlying.ToSettings()));

    /// <param name="instrument">What to list.</param>
    /// <param name="price">Price of its underlying, around which a book without expiry keeps its flat band.</param>
    public void List(DemoInstrument instrument, PriceTicks price) => Send(OperatorFrames.List(
        _buffer, instrument.ToSettings(), instrument.Underlying.ToSettings(), price));

    public void OpenAccount(AccountId account) => Send(OperatorFrames.OpenAccount(_buffer, account));

    public void OpenSession(SessionHandle session, AccountId account, SessionRoles roles)
    {
        Span<byte> id = stackalloc byte[16];
        BitConverter.TryWriteBytes(id, session.Value);
        Send(SessionOpenedEncoder.Wrap(_buffer).SetSessionHandle(session.Value).SetAccountId(account.Value)
            .SetSessionId(id).SetRoles(roles).SetCancelOnDisconnect(1).EncodedLength);
    }

    public void CloseSession(SessionHandle session) => Send(SessionClosedEncoder.Wrap(_buffer)
        .SetSessionHandle(session.Value).SetReason(CloseReason.Disconnected).EncodedLength);

    public void Deposit(AccountId account, Atoms amount)
    {
        Send(OperatorFrames.Deposit(_buffer, account, amount, ++_movementId));
        MovedAtoms += amount.Value;
    }

    public void Withdraw(AccountId account, Atoms amount)
    {
        Send(WithdrawEncoder.Wrap(_buffer).SetAccountId(account.Value).SetAmount(amount.Value)
            .SetWithdrawalId(++_movementId).EncodedLength);
        MovedAtoms -= amount.Value;
    }

    public void CloseEpoch() => Send(OperatorFrames.CloseEpoch(_buffer, ++_epoch));

    /// <summary>Reads what the venue says to its operator.</summary>
    /// <exception cref="OperatorException">It refused a command.</exception>
    public void Read()
    {
        while (connection.TryPeek(out var record))
        {
            InternalSchema.TryPeekHeader(record.Frame, out var header);
            if (header.TemplateId == CommandRefusedDecoder.TemplateId)
            {
                var refused = CommandRefusedDecoder.Trusted(record.Frame);
                throw new OperatorException(
                    2403,
                    ExitCode.Bug,
                    $"the venue refused the operator's command {refused.CommandTemplateId} on {refused.Reference}: "
                    + $"{(RejectCode)refused.Code}",
                    "report it with seed, seconds and data");
            }

            ReportedAtoms += QuoteMoves.Of((ushort)header.TemplateId, record.Frame);
            connection.Advance();
        }

        connection.Release();
    }

    private void Send(int lengthBytes) => FrameSender.Send(connection, _buffer.AsSpan(0, lengthBytes));
}
