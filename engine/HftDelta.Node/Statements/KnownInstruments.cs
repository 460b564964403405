using System.Globalization;
using System.Text;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Statements;

/// <summary>
/// What the venue has said in public of its instruments so far: their terms and their delta index. An observer's own copy, which
/// does not look into the engine. One thread.
/// </summary>
internal sealed class KnownInstruments
{
    private readonly Dictionary<uint, KnownInstrument> _instruments = [];

    /// <summary>By rising number.</summary>
    public IEnumerable<KnownInstrument> All => _instruments.OrderBy(known => known.Key).Select(known => known.Value);

    /// <summary>The terms; the index is taken from the first definition, later ones repeat what settlements said.</summary>
    public void Take(in InstrumentDefinitionDecoder definition)
    {
        var id = definition.InstrumentId;
        var known = Find(id);
        _instruments[id] = new KnownInstrument
        {
            Id = new InstrumentId(id),
            Symbol = Encoding.ASCII.GetString(definition.Symbol.ToArray()).TrimEnd('\0'),
            Kind = definition.Kind,
            State = definition.State,
            OptionKind = definition.OptionKind,
            Underlying = new UnderlyingId(definition.UnderlyingId),
            Strike = new PriceTicks(definition.Strike),
            ExpiryTime = new TimeNanos(definition.ExpiryTime),
            AtomsPerTick = new Atoms(definition.AtomsPerTick),
            AtomsPerUnderlyingTick = new Atoms(definition.AtomsPerUnderlyingTick),
            SettlementPrice = new PriceTicks(definition.SettlementPrice),
            DeltaIndex = known?.DeltaIndex ?? new SubAtoms(definition.DeltaIndex.ToInt128()),
        };
    }

    /// <summary>An index moved.</summary>
    /// <returns>The instrument as it was before, or null: nothing was said of it.</returns>
    public KnownInstrument? MoveIndex(uint id, SubAtoms index)
    {
        var before = Find(id);
        if (before is not null)
        {
            _instruments[id] = before with { DeltaIndex = index };
        }

        return before;
    }

    public KnownInstrument? Find(uint id) => _instruments.GetValueOrDefault(id);

    /// <summary>Its symbol, or its number as long as nothing was said of it.</summary>
    public string NameOf(uint id) =>
        Find(id) is { Symbol.Length: > 0 } known ? known.Symbol : id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One of them.</summary>
internal sealed record KnownInstrument
{
    public required InstrumentId Id { get; init; }

    public required string Symbol { get; init; }

    public required InstrumentKind Kind { get; init; }

    public required InstrumentState State { get; init; }

    public required OptionKind OptionKind { get; init; }

    public required UnderlyingId Underlying { get; init; }

    /// <summary>In ticks of the underlying; 0 unless an option.</summary>
    public required PriceTicks Strike { get; init; }

    /// <summary>0 if it has none.</summary>
    public required TimeNanos ExpiryTime { get; init; }

    /// <summary>Value of one price tick of one lot.</summary>
    public required Atoms AtomsPerTick { get; init; }

    /// <summary>Value of one tick of the underlying for one lot of delta 1.</summary>
    public required Atoms AtomsPerUnderlyingTick { get; init; }

    /// <summary>Its last one, in ticks of the underlying, as far as it was told.</summary>
    public required PriceTicks SettlementPrice { get; init; }

    /// <summary>D of one lot.</summary>
    public required SubAtoms DeltaIndex { get; init; }

    public bool IsStrategy => Kind == InstrumentKind.Strategy;
}
