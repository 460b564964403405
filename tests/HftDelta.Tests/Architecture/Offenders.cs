using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>Fails with every offender on a line of its own, so that one run shows all that is to be changed.</summary>
internal static class Offenders
{
    public static void None(IEnumerable<string> offenders, string rule)
    {
        var found = offenders.ToList();
        if (found.Count > 0)
        {
            Assert.Fail($"{rule}; {found.Count} found:\n  {string.Join("\n  ", found)}");
        }
    }
}
