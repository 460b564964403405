using System.Buffers.Binary;
using System.Text;
using HftDelta.Engine;
using HftDelta.Engine.Greeks;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// The market that is measured: one underlying with one oracle source, a perpetual, options from 60 to 140 % of the price,
/// and accounts with more money than they can lose. Writes the commands that make it, for a bare engine and a venue alike.
/// Session handles equal account ids. One thread.
/// </summary>
internal sealed class FlowMarket(FlowMarket.Sender send, TimeNanos begin)
{
    public const uint OracleSession = 2;
    public const uint FirstAccount = AccountId.FirstClient;
    public const int Accounts = 4;
    public const uint Perpetual = 1;
    public const uint Underlying = 1;
    public const long Price = 50_000;

    private const ulong Second = 1_000_000_000;
    private const ulong ExpiryDistanceNanos = 30 * 86_400 * Second;
    private const int ReportLengthMaxBytes = 256;
    private const long DepositAtoms = 1L << 50;
    private const int BandTicks = 4_096;

    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private ulong _reports;

    public delegate void Sender(RecordSource source, SessionHandle session, ReadOnlySpan<byte> frame);

    /// <summary>Enough for what is measured and no more: memory that nobody touches costs page faults.</summary>
    public static EngineLimits Limits { get; } = new()
    {
        Accounts = 1_024,
        Positions = 4_096,
        Orders = 65_536,
        Instruments = 1_024,
        Sessions = 64,
        LevelsPerBook = 1_024,
    };

    public void ListUnderlying()
    {
        Send(ListUnderlyingEncoder.Wrap(_buffer).SetUnderlyingId(Underlying).SetOracleQuorum(1)
            .SetSettlementThresholdTicks(1).SetInitialMarginPpm(100_000).SetShortOptionMarginPpm(150_000)
            .SetShortOptionMinimumPpm(100_000).SetOracleMaxAgeNanos(3_600 * Second)
            .SetRiskTimeoutNanos(3_600 * Second).SetSymbol("BTC"u8).EncodedLength);
        OpenSession(OracleSession, 0, SessionRoles.OracleSource);
    }

    /// <summary>A report of the one source, encoded only.</summary>
    public ReadOnlySpan<byte> OracleReport(long price)
    {
        var length = OracleReportEncoder.Wrap(_buffer.AsSpan(0, ReportLengthMaxBytes)).SetSourceId(1)
            .SetUnderlyingId(Underlying).SetSourceSequence(++_reports).SetSourceTime(begin.Value + _reports)
            .SetPrice(price).SetSignature([]).EncodedLength;
        RequestHeaderEncoder.Wrap(_buffer.AsSpan(HftDeltaSchema.HeaderLength)).SetSessionHandle(OracleSession)
            .SetSequence(_reports).SetSendingTime(begin.Value);
        return _buffer.AsSpan(0, length);
    }

    public void Report(long price) =>
        send(RecordSource.Oracle, new SessionHandle(OracleSession), OracleReport(price));

    /// <param name="options">How many options; the perpetual comes first.</param>
    /// <param name="hasBands">Whether books keep a flat array of prices around the mark.</param>
    public void ListInstruments(int options, bool hasBands)
    {
        ListPerpetual(hasBands ? (uint)BandTicks : 0, hasBands ? Price - (BandTicks / 2) : 0);
        ListOptions(0, options, hasBands);
    }

    /// <param name="listed">How many options there are already.</param>
    /// <param name="options">How many more; their strikes are spread over the same range.</param>
    /// <param name="hasBands">Whether books keep a flat array of prices around the mark.</param>
    public void ListOptions(int listed, int options, bool hasBands)
    {
        var bandTicks = hasBands ? (uint)BandTicks : 0;
        for (var option = 0; option < options; option++)
        {
            var middle = OptionMiddle(option, options);
            Send(ListInstrumentEncoder.Wrap(_buffer).SetInstrumentId(Perpetual + 1 + (uint)(listed + option))
                .SetUnderlyingId(Underlying).SetKind(InstrumentKind.EuropeanOption)
                .SetOptionKind(option % 2 == 0 ? OptionKind.Call : OptionKind.Put).SetStrike(Strike(option, options))
                .SetExpiryTime(begin.Value + ExpiryDistanceNanos).SetVolatility((ulong)VolatilityQ48.One.Value)
                .SetBandTicks(bandTicks).SetBandBase(hasBands ? middle - (BandTicks / 2) : 0)
                .SetAtomsPerTick(1).SetAtomsPerUnderlyingTick(1)
                .SetSymbol(Encoding.ASCII.GetBytes($"OPTION{listed + option}")).EncodedLength);
        }
    }

    public void ListPerpetual(uint bandTicks, long bandBase) =>
        Send(ListInstrumentEncoder.Wrap(_buffer).SetInstrumentId(Perpetual).SetUnderlyingId(Underlying)
            .SetKind(InstrumentKind.Perpetual).SetOptionKind(OptionKind.None)
            .SetBandTicks(bandTicks).SetBandBase(bandBase)
            .SetAtomsPerTick(1).SetAtomsPerUnderlyingTick(1).SetSymbol("PERP"u8).EncodedLength);

    /// <param name="count">How many, each with a session of its own.</param>
    public void OpenAccounts(int count = Accounts)
    {
        for (var account = FirstAccount; account < FirstAccount + (uint)count; account++)
        {
            Send(OpenAccountEncoder.Wrap(_buffer).SetAccountId(account).EncodedLength);
            OpenSession(account, account, SessionRoles.Trader);
            Send(DepositEncoder.Wrap(_buffer).SetAccountId(account).SetAmount(DepositAtoms).SetDepositId(1).EncodedLength);
        }
    }

    /// <summary>Accounts that hold money and do nothing, after those that trade.</summary>
    public void OpenIdleAccounts(int count)
    {
        for (var account = FirstAccount + Accounts; account < FirstAccount + Accounts + (uint)count; account++)
        {
            Send(OpenAccountEncoder.Wrap(_buffer).SetAccountId(account).EncodedLength);
            Send(DepositEncoder.Wrap(_buffer).SetAccountId(account).SetAmount(DepositAtoms >> 12).SetDepositId(1).EncodedLength);
        }
    }

    /// <summary>Price around which orders for an option are placed: its mark at listing, in ticks.</summary>
    public static long OptionMiddle(int option, int options)
    {
        var result = Black76Kernel.Evaluate(new Black76Input(
            new PriceTicks(Price),
            new PriceTicks(Strike(option, options)),
            VolatilityQ48.One,
            ExpiryDistanceNanos,
            option % 2 == 0 ? Engine.Greeks.OptionKind.Call : Engine.Greeks.OptionKind.Put));
        return Math.Max((long)(result.PriceQ62 >> Black76Result.FractionBits), BandTicks / 8);
    }

    private static long Strike(int option, int options) =>
        (Price * 6 / 10) + (Price * 8 / 10 * (option / 2) / Math.Max(1, (options / 2) - 1));

    private void OpenSession(uint session, uint account, SessionRoles roles)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(id, session);
        Send(SessionOpenedEncoder.Wrap(_buffer).SetSessionHandle(session).SetAccountId(account).SetSessionId(id)
            .SetRoles(roles).SetCancelOnDisconnect(0).EncodedLength);
    }

    private void Send(int lengthBytes)
    {
        Check.That(lengthBytes <= _buffer.Length);
        send(RecordSource.Operator, SessionHandle.None, _buffer.AsSpan(0, lengthBytes));
    }
}
