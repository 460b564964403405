using System.CommandLine;

namespace HftDelta.Node.Cli;

/// <summary>
/// An option whose value is one of a few words: the members of an enumeration in lower case, and nothing else. What is wrong
/// is said in those words, and help names the default in them.
/// </summary>
public sealed class ChoiceOption<T> : Option<T>
    where T : struct, Enum
{
    private readonly T _otherwise;

    /// <param name="name">Such as <c>--threading</c>.</param>
    /// <param name="description">A sentence.</param>
    /// <param name="otherwise">What is meant when the option is absent.</param>
    public ChoiceOption(string name, string description, T otherwise)
        : base(name)
    {
        _otherwise = otherwise;
        Description = $"{description} [default: {WordOf(otherwise)}]";
        HelpName = string.Join('|', Enum.GetValues<T>().Select(WordOf));
        CustomParser = result =>
        {
            var word = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
            foreach (var value in Enum.GetValues<T>())
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

    public T Of(ParseResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.GetResult(this) is null ? _otherwise : result.GetValue(this);
    }

    private static string WordOf(T value) => value.ToString().ToLowerInvariant();
}
