using Disruptor;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Surface;

/// <summary>
/// What compiles against our rings compiles against Disruptor-net: they show nothing that the library does not. The library's
/// own lines were read from version 7.0.0-rc2 by <see cref="PublicSurface"/>, for the types that are here too.
/// </summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class PublicSurfaceTests
{
    private const string Resource = "disruptor-net-7.0.0-rc2.txt";

    [Test]
    public void Every_public_type_and_member_of_the_rings_is_one_of_the_library()
    {
        using var text = new StreamReader(typeof(PublicSurfaceTests).Assembly.GetManifestResourceStream(Resource)!);
        var library = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var own = typeof(Sequence).Assembly.GetExportedTypes().SelectMany(PublicSurface.Of).ToList();
        Assert.That(own, Has.Count.GreaterThan(300));
        Assert.That(own.Where(line => !library.Contains(line)), Is.Empty);
    }

    [Test]
    public void A_member_is_told_from_one_with_another_name_of_a_parameter_or_another_type()
    {
        var sequenced = PublicSurface.Of(typeof(ISequenced));
        Assert.That(sequenced, Does.Contain("ISequenced: Boolean TryNext(Int32 n, out Int64& sequence)"));
        Assert.That(PublicSurface.Of(typeof(Sequence)), Does.Contain("Sequence: static Int64 InitialCursorValue = -1"));
    }
}
