using HftDelta.Wire.Internal;

namespace HftDelta.Node.Demo;

/// <summary>What the venue says to its operator of the quote asset that came and went.</summary>
internal static class QuoteMoves
{
    /// <summary>Atoms that came in by this event, negative if they went; 0 where it tells of something else.</summary>
    public static long Of(ushort templateId, ReadOnlySpan<byte> frame)
    {
        switch (templateId)
        {
            case CashMovedDecoder.TemplateId:
                var moved = CashMovedDecoder.Trusted(frame);
                return moved is { HasAssetId: true, AssetId: not 0 } ? 0 : moved.Amount;
            case WithdrawalReleasedDecoder.TemplateId:
                var released = WithdrawalReleasedDecoder.Trusted(frame);
                return released.AssetId == 0 ? -released.Amount : 0;
            default:
                return 0;
        }
    }
}
