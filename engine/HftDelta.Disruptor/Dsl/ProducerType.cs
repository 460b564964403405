namespace Disruptor.Dsl;

/// <summary>How many threads publish into a ring.</summary>
public enum ProducerType
{
    /// <summary>Exactly one at a time.</summary>
    Single,

    /// <summary>Any number.</summary>
    Multi,
}
