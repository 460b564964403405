using System.Text;
using HftDelta.Gateway.Connections;
using HftDelta.Node.Cli;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Demo.Participants;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Node.Demo;

/// <summary>
/// The operator's part: lists, opens, pays in and out, closes epochs. A refused command ends the run. Owner: the driver.
/// </summary>
internal sealed class DemoOperator(InProcessConnection connection)
{
    private const ulong SettlementIntervalNanos = 200_000_000;
    private const ulong OracleMaxAgeNanos = 2 * DemoTiming.NanosPerSecond;
    private const ulong RiskTimeoutNanos = DemoTiming.NanosPerSecond;

    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private ulong _movementId;
    private ulong _epoch;

    /// <summary>Deposits less withdrawals that were asked for.</summary>
    public Int128 MovedAtoms { get; private set; }

    /// <summary>Deposits less withdrawals that the venue reported.</summary>
    public Int128 ReportedAtoms { get; private set; }

    public ulong EpochsClosed => _epoch;

    public void List(DemoUnderlying underlying) => Send(ListUnderlyingEncoder.Wrap(_buffer)
        .SetUnderlyingId(underlying.Id.Value).SetOracleQuorum(underlying.Quorum).SetSettlementThresholdTicks(1)
        .SetSettlementThresholdPpm(underlying.ThresholdPpm).SetInitialMarginPpm(100_000).SetShortOptionMarginPpm(150_000)
        .SetShortOptionMinimumPpm(100_000).SetSettlementIntervalNanos(SettlementIntervalNanos)
        .SetOracleMaxAgeNanos(OracleMaxAgeNanos).SetRiskTimeoutNanos(RiskTimeoutNanos)
        .SetSymbol(Encoding.ASCII.GetBytes(underlying.Symbol)).EncodedLength);

    /// <param name="instrument">What to list.</param>
    /// <param name="price">Price of its underlying, around which a book without expiry keeps its flat band.</param>
    public void List(DemoInstrument instrument, PriceTicks price)
    {
        var underlying = instrument.Underlying;
        var (bandTicks, bandBase) = BandOf(instrument, price.Value / underlying.TicksPerPriceTick);
        Send(ListInstrumentEncoder.Wrap(_buffer).SetInstrumentId(instrument.Id.Value)
            .SetUnderlyingId(underlying.Id.Value)
            .SetKind(instrument.Kind switch
            {
                DemoKind.Perpetual => InstrumentKind.Perpetual,
                DemoKind.Future => InstrumentKind.Future,
                _ => InstrumentKind.EuropeanOption,
            })
            .SetOptionKind(instrument.Kind switch
            {
                DemoKind.Call => OptionKind.Call,
                DemoKind.Put => OptionKind.Put,
                _ => OptionKind.None,
            })
            .SetBandTicks(bandTicks).SetBandBase(bandBase).SetStrike(instrument.Strike.Value)
            .SetExpiryTime(instrument.Expiry.Value).SetVolatility((ulong)instrument.Volatility.Value)
            .SetAtomsPerTick(underlying.AtomsPerTick * underlying.TicksPerPriceTick)
            .SetAtomsPerUnderlyingTick(underlying.AtomsPerTick)
            .SetSymbol(Encoding.ASCII.GetBytes(instrument.Symbol)).EncodedLength);
    }

    public void OpenAccount(AccountId account) =>
        Send(OpenAccountEncoder.Wrap(_buffer).SetAccountId(account.Value).EncodedLength);

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
        Send(DepositEncoder.Wrap(_buffer).SetAccountId(account.Value).SetAmount(amount.Value)
            .SetDepositId(++_movementId).EncodedLength);
        MovedAtoms += amount.Value;
    }

    public void Withdraw(AccountId account, Atoms amount)
    {
        Send(WithdrawEncoder.Wrap(_buffer).SetAccountId(account.Value).SetAmount(amount.Value)
            .SetWithdrawalId(++_movementId).EncodedLength);
        MovedAtoms -= amount.Value;
    }

    public void CloseEpoch() => Send(EpochCloseEncoder.Wrap(_buffer).SetEpoch(++_epoch).EncodedLength);

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

            if (header.TemplateId == CashMovedDecoder.TemplateId)
            {
                ReportedAtoms += CashMovedDecoder.Trusted(record.Frame).Amount;
            }

            connection.Advance();
        }

        connection.Release();
    }

    /// <summary>
    /// Options begin at the lowest price, everything else around the present one; what lies outside is kept sparsely.
    /// </summary>
    private static (uint BandTicks, long BandBase) BandOf(DemoInstrument instrument, long price)
    {
        const uint narrow = 4_096;
        const uint wide = 262_144;
        return instrument.IsOption ? (narrow, 1) : (wide, Math.Max(1, price - (wide / 2)));
    }

    private void Send(int lengthBytes) => FrameSender.Send(connection, _buffer.AsSpan(0, lengthBytes));
}
