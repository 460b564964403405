using HftDelta.Engine;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// The whole state of an engine as bytes, to go on from elsewhere: the same commands then give the same state, events and hashes.
/// One thread, between two commands. The engine on the reading side is new and has the same limits.
/// </summary>
internal static class StateImage
{
    public static ImageOutput Write(CommandProcessor processor, int chunkBytes, StateFields? fields = null)
    {
        // Asking folds the last command's events, which lie in the ring and not in the state.
        _ = processor.HistoryHash;
        var output = new ImageOutput(chunkBytes);
        StateImageWriter.Write(processor, fields ?? StateFields.All, output);
        return output;
    }

    /// <exception cref="FormatException">It is no image, or not of such an engine.</exception>
    /// <exception cref="SnapshotLayoutException">Another program wrote it.</exception>
    public static IReadOnlyList<StateSection> Read(
        CommandProcessor processor, ImageInput input, StateFields? fields = null) =>
        StateImageReader.Read(processor, fields ?? StateFields.All, input);
}
