namespace HftDelta.Aeron;

/// <summary>
/// Takes the fragments that <see cref="Subscription.Poll"/> finds, on the polling thread. A struct, so that the poll is compiled
/// for it and calls it directly.
/// </summary>
public interface IFragmentHandler
{
    /// <param name="payload">The bytes in the log itself: valid during the call only.</param>
    /// <param name="header">Where they came from.</param>
    void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header);
}

/// <summary>Takes the fragments that <see cref="Subscription.ControlledPoll"/> finds and says how to go on.</summary>
public interface IControlledFragmentHandler
{
    /// <param name="payload">The bytes in the log itself: valid during the call only.</param>
    /// <param name="header">Where they came from.</param>
    ControlledAction OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header);
}
