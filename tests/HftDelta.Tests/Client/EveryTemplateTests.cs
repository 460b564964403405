using HftDelta.Sbe.Schema;
using HftDelta.Tests.Sbe;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Client;

/// <summary>
/// Every message that a venue can send, taken from the schema itself, reaches a callback of the client or stands here with what
/// becomes of it. A message that is new in the schema fails here until the client has a word for it.
/// </summary>
[CancelAfter(60_000)]
internal sealed class EveryTemplateTests
{
    private const ulong LongEnoughNanos = 50_000_000;

    /// <summary>Messages with a header of reports that are no event: they steer the session.</summary>
    private static readonly string[] _ofTheSession =
    [
        "EstablishmentAccepted", "EstablishmentRejected", "NotApplied", "Retransmission", "RetransmitRejected", "RequestOutcome",
    ];

    private static readonly MessageSchema _schema = SchemaFiles.Parse(SchemaFiles.Product("hftdelta.xml"));

    private static IEnumerable<string> Reports => Names("ReportHeader").Except(_ofTheSession);

    private static IEnumerable<string> PublicMessages => Names("StreamHeader");

    [TestCaseSource(nameof(Reports))]
    public void A_report_reaches_a_callback(string name)
    {
        using var world = new ClientWorld().Establish();
        world.Send();
        var frame = Frame(name);
        world.Venue.Report(0, 1, buffer => Copy(frame, buffer));
        world.Pass(LongEnoughNanos);
        Assert.That(world.Told.OrderLines, Is.Not.Empty, $"no callback was told of {name}");
        Assert.That(world.Client.Statistics.Malformed, Is.Zero);
    }

    [TestCaseSource(nameof(PublicMessages))]
    public void A_public_message_reaches_a_callback(string name)
    {
        using var world = new ClientWorld().Establish();
        world.Pass(5_000_000);
        var frame = Frame(name);
        world.Venue.Public(buffer => Copy(frame, buffer));
        world.Pass(LongEnoughNanos);
        Assert.That(
            world.Told.Lines.Count(line => line.StartsWith("public", StringComparison.Ordinal)), Is.EqualTo(1),
            $"no callback was told of {name}");
        Assert.That(world.Client.Statistics.Malformed, Is.Zero);
    }

    [TestCaseSource(nameof(PublicMessages))]
    public void A_public_message_among_the_reports_is_counted_and_told_to_nobody(string name)
    {
        using var world = new ClientWorld().Establish();
        var frame = Frame(name);
        world.Venue.Report(0, 1, buffer => Copy(frame, buffer));
        world.Pass(LongEnoughNanos);
        Assert.That(world.Told.Lines.Where(line => !line.StartsWith("state", StringComparison.Ordinal)), Is.Empty);
        Assert.That(world.Client.Statistics.Malformed, Is.EqualTo(1));
    }

    [Test]
    public void What_steers_the_session_is_in_the_schema() =>
        Assert.That(_ofTheSession, Is.SubsetOf(Names("ReportHeader").ToArray()));

    [Test]
    public void Funding_is_told_for_each_instrument()
    {
        using var world = new ClientWorld().Establish();
        world.Pass(5_000_000);
        world.Venue.Public(buffer =>
        {
            var message = FundingSettlementEncoder.Wrap(buffer).SetUnderlyingId(1);
            var entries = message.SetInstruments(2);
            var first = entries.Next();
            first.SetInstrumentId(9);
            first.FundingIndex.SetLow(1_000).SetHigh(0);
            first.Amount.SetLow(unchecked((ulong)-7L)).SetHigh(-1);
            entries.Next().SetInstrumentId(10);
            return message.EncodedLength;
        });
        world.Pass(LongEnoughNanos);
        Assert.That(
            world.Told.Lines.Where(line => line.StartsWith("public", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "public funding 9 index 1000 by -7", "public funding 10 index 0 by 0" }));
    }

    [Test]
    public void A_delivery_is_told_with_its_state()
    {
        using var world = new ClientWorld().Establish();
        world.Venue.Report(0, 1, buffer =>
        {
            var message = DeliveryReportEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account).SetUnderlyingId(2)
                .SetObligationId(5).SetPrice(60_000).SetDeadline(77).SetState(DeliveryState.Due);
            message.Amount.SetLow(unchecked((ulong)-3L)).SetHigh(-1);
            message.Cash.SetLow(unchecked((ulong)-180_000L)).SetHigh(-1);
            return message.EncodedLength;
        });
        world.Pass(LongEnoughNanos);
        Assert.That(world.Told.OrderLines, Is.EqualTo(new[] { "delivery 5 Due -3 of 2 for -180000 at 60000 by 77" }));
    }

    [Test]
    public void A_liquidity_call_is_told_with_its_sums()
    {
        using var world = new ClientWorld().Establish();
        world.Venue.Report(0, 1, buffer =>
        {
            var message = LiquidityCallEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account).SetIsCalled(1);
            message.Cash.SetLow(unchecked((ulong)-3L)).SetHigh(-1);
            message.Claim.SetLow(8).SetHigh(0);
            message.Shortfall.SetLow(2).SetHigh(0);
            return message.EncodedLength;
        });
        world.Pass(LongEnoughNanos);
        Assert.That(world.Told.OrderLines, Is.EqualTo(new[] { "called True cash -3 claim 8 shortfall 2" }));
    }

    [Test]
    public void A_settlement_tells_funding_and_interest_and_that_of_an_older_venue_has_none()
    {
        using var world = new ClientWorld().Establish();
        world.Venue.Report(0, 0, buffer =>
        {
            var message = AccountSettledEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account).SetAmount(4);
            message.Funding.SetLow(11).SetHigh(0);
            message.Interest.SetLow(12).SetHigh(0);
            return message.EncodedLength;
        });
        world.Venue.Report(0, 0, buffer =>
        {
            var length = AccountSettledEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account).SetAmount(5).EncodedLength - 48;
            BitConverter.TryWriteBytes(buffer.AsSpan(0, 2), (ushort)(length - HftDeltaSchema.HeaderLength));
            BitConverter.TryWriteBytes(buffer.AsSpan(6, 2), (ushort)0);
            return length;
        });
        world.Pass(LongEnoughNanos);
        Assert.That(
            world.Told.OrderLines, Is.EqualTo(new[] { "settled 1 amount 4 funding 11 interest 12", "settled 2 amount 5" }));
    }

    private static IEnumerable<string> Names(string header) => _schema.Messages
        .Where(message => message.Fields.Count > 0 && message.Fields[0].Type.Name == header).Select(message => message.Name);

    private static int Copy(byte[] frame, byte[] buffer)
    {
        frame.CopyTo(buffer, 0);
        return frame.Length;
    }

    /// <summary>The message with zeros, the last value of each enumeration, one entry in each group, and no data.</summary>
    private static byte[] Frame(string name)
    {
        var message = _schema.Messages.Single(one => one.Name == name);
        var frame = new List<byte>();
        foreach (var word in new[] { message.BlockLength, message.Id, _schema.Id, _schema.Version })
        {
            frame.AddRange(BitConverter.GetBytes((ushort)word));
        }

        Append(frame, message);
        return [.. frame];
    }

    private static void Append(List<byte> frame, Block block)
    {
        var begin = frame.Count;
        frame.AddRange(new byte[block.BlockLength]);
        foreach (var field in block.Fields)
        {
            if (field.Type is EnumType { Values.Count: > 0 } words)
            {
                for (var place = 0; place < field.SizeBytes; place++)
                {
                    frame[begin + field.OffsetBytes + place] = (byte)(words.Values[^1].Bits >> (8 * place));
                }
            }
        }

        foreach (var group in block.Groups)
        {
            var head = new byte[group.Dimension.SizeBytes];
            head[group.Dimension.Member("numInGroup")!.OffsetBytes] = 1;
            BitConverter.TryWriteBytes(
                head.AsSpan(group.Dimension.Member("blockLength")!.OffsetBytes), (ushort)group.BlockLength);
            frame.AddRange(head);
            Append(frame, group);
        }

        foreach (var data in block.Data)
        {
            frame.AddRange(new byte[data.Type.Member("varData")!.OffsetBytes]);
        }
    }
}
