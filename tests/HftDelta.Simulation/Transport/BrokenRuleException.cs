namespace HftDelta.Simulation.Transport;

/// <summary>
/// A run broke a rule. The rule names the kind of failure, which a shrinker keeps while it makes the run smaller.
/// </summary>
public sealed class BrokenRuleException : Exception
{
    public BrokenRuleException()
        : this("unknown", "")
    {
    }

    public BrokenRuleException(string message)
        : this(message, "")
    {
    }

    public BrokenRuleException(string message, Exception? innerException)
        : base(message, innerException) => Rule = message;

    public BrokenRuleException(string rule, string details)
        : base(details.Length == 0 ? rule : $"{rule}: {details}") => Rule = rule;

    public string Rule { get; }
}
