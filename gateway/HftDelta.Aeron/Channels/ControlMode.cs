namespace HftDelta.Aeron.Channels;

/// <summary>What the control address of a channel is for.</summary>
public enum ControlMode
{
    /// <summary>Not said.</summary>
    None = 0,

    /// <summary>Receivers announce themselves at the control address.</summary>
    Dynamic,

    /// <summary>The application names the destinations.</summary>
    Manual,

    /// <summary>The stream answers another one.</summary>
    Response,
}
