namespace HftDelta.Runtime.Threads;

/// <summary>The three ways to let time pass. A struct type parameter, so that tests record instead of wait;
/// the struct itself stays as it was made.</summary>
public interface IIdleActions
{
    void Spin();

    void Yield();

    void Park(long nanos);
}
