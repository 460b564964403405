using HftDelta.Gateway.Sessions;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Gateway.Sessions;

/// <summary>What the store answers to a duplicate, where the report of a request comes late or is no answer at all.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class SessionStoreOutcomeTests
{
    private static readonly SessionHandle Session = new(3);

    private readonly byte[] _buffer = new byte[1_024];

    [Test]
    public void The_end_of_a_mass_cancel_does_not_take_the_outcome_of_a_later_request()
    {
        using var store = new SessionStore(16);
        Keep(store, 1, request: 2, OrderAcceptedEncoder.Wrap(_buffer).SetOrderId(77).EncodedLength);
        Keep(store, 2, request: 2, MassCancelReportEncoder.Wrap(_buffer).SetClientOrderId(1).SetCanceled(9).EncodedLength);
        AssertOutcome(store, 1, 0, default);
        AssertOutcome(store, 2, 77, default);
    }

    [Test]
    public void Refusals_are_kept_and_a_protection_that_acts_answers_nothing()
    {
        using var store = new SessionStore(16);
        var quoted = MassQuoteReportEncoder.Wrap(_buffer).SetCode((ushort)RejectCode.BadRange);
        quoted.SetQuotes(0);
        Keep(store, 1, request: 1, quoted.EncodedLength);
        Keep(store, 2, request: 1, ProtectionReportEncoder.Wrap(_buffer).SetFrozenUntil(5).EncodedLength);
        Keep(
            store, 3, request: 2,
            ProtectionReportEncoder.Wrap(_buffer).SetClientOrderId(4).SetCode((ushort)RejectCode.BadParameter).EncodedLength);
        Keep(
            store, 4, request: 3,
            MassCancelReportEncoder.Wrap(_buffer).SetCode((ushort)RejectCode.RequestOutstanding).EncodedLength);
        AssertOutcome(store, 1, 0, RejectCode.BadRange);
        AssertOutcome(store, 2, 0, RejectCode.BadParameter);
        AssertOutcome(store, 3, 0, RejectCode.RequestOutstanding);
    }

    private void Keep(SessionStore store, ulong sequence, ulong request, int lengthBytes)
    {
        ReportHeaderEncoder.Wrap(_buffer.AsSpan(HftDeltaSchema.HeaderLength)).SetSessionHandle(Session.Value)
            .SetSequence(sequence).SetRequestSequence(request);
        store.Keep(Session, _buffer.AsSpan(0, lengthBytes));
    }

    private static void AssertOutcome(SessionStore store, ulong request, ulong order, RejectCode code)
    {
        Assert.That(store.TryGetOutcome(Session, request, nextRequest: 9, out var kept, out var keptCode), Is.True);
        Assert.That((kept.Value, (RejectCode)keptCode), Is.EqualTo((order, code)), $"request {request}");
    }
}
