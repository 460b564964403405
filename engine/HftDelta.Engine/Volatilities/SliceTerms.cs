using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HftDelta.Engine.Greeks.Surfaces;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Volatilities;

/// <summary>
/// The volatilities of one expiry: SVI parameters with the time of their fit, or strikes. Checked before they are kept.
/// </summary>
internal struct SliceTerms
{
    /// <summary>As many as one command carries.</summary>
    public const int StrikesMax = 80;

    /// <summary>Longest canonical form.</summary>
    public const int LengthBytes = 52 + Hash256.LengthBytes;

    public SviParameters Parameters;

    /// <summary>From the fit to the expiry.</summary>
    public ulong FitNanos;

    /// <summary>Strikes of the table; 0: SVI.</summary>
    public int StrikeCount;

    public StrikeTable Strikes;

    [UnscopedRef]
    public readonly ReadOnlySpan<StrikeVolatility> Table => ((ReadOnlySpan<StrikeVolatility>)Strikes)[..StrikeCount];

    /// <summary>What the mathematics works on; of terms that have passed <see cref="SurfaceCommands"/>.</summary>
    [UnscopedRef]
    public readonly VolatilitySlice View() => StrikeCount == 0
        ? VolatilitySlice.OfSvi(Parameters, FitNanos)
        : VolatilitySlice.OfTable(Table);

    /// <summary>Writes the canonical form: numbers, and of the strikes their hash.</summary>
    [SkipLocalsInit]
    public readonly void WriteTo(Span<byte> buffer)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, Parameters.LevelQ48);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], Parameters.SlopeQ48);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], Parameters.CorrelationQ48);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], Parameters.CentreQ48);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[32..], Parameters.WidthQ48);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[40..], FitNanos);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[48..], StrikeCount);
        var sum = Hash256.Zero;
        Span<byte> node = stackalloc byte[16];
        for (var index = 0; index < StrikeCount; index++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(node, Strikes[index].Strike.Value);
            BinaryPrimitives.WriteInt64LittleEndian(node[8..], Strikes[index].Volatility.Value);
            sum += RecordHash.Compute(StateRecordType.Underlying, (ulong)index, node);
        }

        sum.WriteTo(buffer[52..]);
    }
}

/// <summary>Strikes that rise, with their annual volatilities.</summary>
[InlineArray(SliceTerms.StrikesMax)]
internal struct StrikeTable
{
    private StrikeVolatility _first;
}
