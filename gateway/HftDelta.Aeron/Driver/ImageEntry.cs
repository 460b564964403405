using HftDelta.Aeron.Images;

namespace HftDelta.Aeron.Driver;

/// <summary>A received stream and who reads it. Owner: the conductor.</summary>
internal sealed class ImageEntry(PublicationImage network)
{
    public PublicationImage Network { get; } = network;

    public List<ImageReader> Readers { get; } = [];

    /// <summary>Who has left, and may still be inside.</summary>
    public List<FormerReader> FormerReaders { get; } = [];
}
