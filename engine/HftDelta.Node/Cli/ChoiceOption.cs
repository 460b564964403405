using System.CommandLine;

namespace HftDelta.Node.Cli;

/// <summary>What is meant when an option of few words is absent, whatever its type.</summary>
internal interface IChoiceOption
{
    string DefaultWord { get; }
}

/// <summary>
/// An option whose value is one of a few words: the members of an enumeration in lower case, and nothing else. What is wrong
/// is said in those words, and help names the default in them.
/// </summary>
public sealed class ChoiceOption<T> : Option<T>, IChoiceOption
    where T : struct, Enum
{
    private readonly T _otherwise;

    /// <param name="name">Such as <c>--threading</c>.</param>
    /// <param name="description">A sentence.</param>
    /// <param name="otherwise">What is meant when the option is absent.</param>
    /// <param name="except">Members that are no choice here.</param>
    public ChoiceOption(string name, string description, T otherwise, params T[] except)
        : base(name)
    {
        _otherwise = otherwise;
        T[] choices = [.. Enum.GetValues<T>().Except(except)];
        Description = $"{description} [default: {WordOf(otherwise)}]";
        HelpName = string.Join('|', choices.Select(WordOf));
        CustomParser = result =>
        {
            var word = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
            foreach (var value in choices)
            {
                if (WordOf(value).Equals(word, StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }

            result.AddError($"{name} {word}: must be one of {HelpName}.");
            return default;
        };
    }

    public string DefaultWord => WordOf(_otherwise);

    public T Of(ParseResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.GetResult(this) is null ? _otherwise : result.GetValue(this);
    }

    private static string WordOf(T value) => value.ToString().ToLowerInvariant();
}
