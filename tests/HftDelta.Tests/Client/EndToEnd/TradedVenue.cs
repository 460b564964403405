using System.Text;
using HftDelta.Engine;
using HftDelta.Gateway.Security;
using HftDelta.Node;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using HftDelta.Simulation.Storage;
using HftDelta.Wire.Internal;
using InstrumentState = HftDelta.Wire.InstrumentState;
using SessionRoles = HftDelta.Wire.SessionRoles;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>
/// The real venue on a simulated machine: its network, its disk and its clock are the test's. It can be killed at any moment and
/// opened again from what its journal holds then. Keys equal accounts from 16 on; key 101 is an oracle source.
/// </summary>
internal sealed class TradedVenue : IDisposable
{
    public const string Endpoint = "10.0.0.1:9000";
    public const ulong OracleKey = 101;
    public const uint FirstTrader = 16;
    public const long StartPrice = 1_000;

    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private readonly SimulatedHost _host;
    private readonly NanoClock _clock;
    private readonly int _traders;
    private readonly EngineLimits _limits;
    private VirtualStorage _storage = new();
    private Venue _venue;

    public TradedVenue(SimulatedNetwork network, NanoClock clock, int traders, EngineLimits? limits = null)
    {
        _host = network.Host("10.0.0.1");
        _clock = clock;
        _traders = traders;
        _limits = limits ?? EngineLimits.Small;
        _venue = Open();
    }

    /// <summary>How often it was killed.</summary>
    public int Kills { get; private set; }

    public VenueView View => _venue.Processor.View;

    public int Step() => _venue.Step();

    /// <summary>Lists the underlying; an oracle must report before instruments can follow.</summary>
    public void ListUnderlying() => Send(ListUnderlyingEncoder.Wrap(_buffer).SetUnderlyingId(1).SetOracleQuorum(1)
        .SetSettlementThresholdTicks(2).SetInitialMarginPpm(100_000).SetShortOptionMarginPpm(150_000)
        .SetShortOptionMinimumPpm(50_000).SetOracleMaxAgeNanos(3_600_000_000_000).SetRiskTimeoutNanos(3_600_000_000_000)
        .SetSymbol("U1"u8).EncodedLength);

    /// <summary>Perpetuals, and the traders' accounts with their money.</summary>
    public void ListInstruments(uint count)
    {
        for (uint instrument = 1; instrument <= count; instrument++)
        {
            Send(ListInstrumentEncoder.Wrap(_buffer).SetInstrumentId(instrument).SetUnderlyingId(1)
                .SetKind(InstrumentKind.Perpetual).SetOptionKind(OptionKind.None).SetAtomsPerTick(1)
                .SetAtomsPerUnderlyingTick(1).SetSymbol(Encoding.ASCII.GetBytes($"P{instrument}")).EncodedLength);
        }

        for (var trader = FirstTrader; trader < FirstTrader + _traders; trader++)
        {
            // All accounts are of one owner: money may go between them.
            Send(OpenAccountEncoder.Wrap(_buffer).SetAccountId((uint)trader).SetOwner("an owner of accounts"u8).EncodedLength);
            Send(DepositEncoder.Wrap(_buffer).SetAccountId((uint)trader).SetAmount(1_000_000_000)
                .SetDepositId((ulong)trader).EncodedLength);
        }
    }

    /// <summary>Instrument 3: a lot of the first perpetual bought for one of the second sold.</summary>
    public void ListStrategy()
    {
        var message = ListStrategyEncoder.Wrap(_buffer).SetInstrumentId(3).SetUnderlyingId(1).SetSymbol("P1-P2"u8);
        var legs = message.SetLegs(2);
        legs.Next().SetInstrumentId(1).SetRatio(1);
        legs.Next().SetInstrumentId(2).SetRatio(-1);
        Send(message.EncodedLength);
    }

    /// <summary>A thousandth for takers of the first perpetual, and an asset of which the first trader has some.</summary>
    public void ListMoney()
    {
        var message = FeeScheduleEncoder.Wrap(_buffer).SetScheduleId(1).SetBasis(FeeBasis.TradedValue);
        message.SetTiers(1).Next().SetTakerPpm(1_000).SetMakerPpm(-500);
        Send(message.EncodedLength);
        Send(InstrumentFeesEncoder.Wrap(_buffer).SetInstrumentId(1).SetScheduleId(1).EncodedLength);
        Send(ListAssetEncoder.Wrap(_buffer).SetAssetId(1).SetUnderlyingId(1).SetAtomsPerUnit(100).SetQuoteAtomsPerTick(1)
            .SetVenueMaximum(1_000).SetAccountMaximum(1_000).SetSymbol("A1"u8).EncodedLength);
        Send(DepositEncoder.Wrap(_buffer).SetAccountId(FirstTrader).SetAssetId(1).SetAmount(70).SetDepositId(1_000)
            .EncodedLength);
    }

    public void CloseEpoch(ulong epoch) => Send(EpochCloseEncoder.Wrap(_buffer).SetEpoch(epoch).EncodedLength);

    public void ChangeState(uint instrument, InstrumentState state) => Send(InstrumentStateChangeEncoder.Wrap(_buffer)
        .SetInstrumentId(instrument).SetState((byte)state).EncodedLength);

    /// <summary>The process dies: nothing is said, what is in the journal stays. Another one is started at once.</summary>
    public void Kill()
    {
        Kills++;
        var left = _storage.AfterKill();
        _host.CloseAll();
        _venue.Dispose();
        _storage = left;
        _venue = Open();
    }

    public void Dispose() => _venue.Dispose();

    private Venue Open()
    {
        var venue = Venue.Open(new VenueOptions
        {
            JournalDirectory = "unused",
            Storage = _storage,
            Clock = _clock,
            SegmentBytes = 1 << 20,
            Limits = _limits,
            InboundSlots = 1 << 10,
            OutboundSlots = 1 << 12,
            ConnectionSlots = 1 << 8,
            JournalId = new Guid("8f0f3c5e-4b0c-4a39-9d6c-2f8a6c1d7e55"),
            Network = new VenueNetworkOptions
            {
                Listen = Endpoint,
                Sockets = _host,
                RandomSeed = 100 + (ulong)Kills,
                Participants = new ParticipantDirectory(People()),
                GraceNanos = 5_000_000_000,
                TermLengthBytes = 1 << 16,
                BacklogSlots = 256,
                ConnectionsMax = 32,
            },
        });
        venue.StartByHand();
        return venue;
    }

    private IEnumerable<Participant> People()
    {
        yield return new Participant(new KeyId(OracleKey), new AccountId(0), SessionRoles.OracleSource);
        for (var trader = FirstTrader; trader < FirstTrader + _traders; trader++)
        {
            yield return new Participant(new KeyId((ulong)trader), new AccountId((uint)trader), SessionRoles.Trader);
        }
    }

    private void Send(int lengthBytes)
    {
        while (!_venue.Operator.TrySend(_buffer.AsSpan(0, lengthBytes)))
        {
            _venue.Step();
        }
    }
}
