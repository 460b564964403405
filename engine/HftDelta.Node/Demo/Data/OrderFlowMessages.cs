using HftDelta.Node.BookReplay;

namespace HftDelta.Node.Demo.Data;

/// <summary>What a message of recorded order flow tells.</summary>
public enum OrderFlowType
{
    New = 1,
    Reduced = 2,
    Deleted = 3,
    Executed = 4,

    /// <summary>Of an order that the book never showed.</summary>
    HiddenExecuted = 5,
    Cross = 6,
    Halt = 7,
}

/// <summary>A message of recorded order flow.</summary>
/// <param name="Seconds">After midnight.</param>
/// <param name="Type">What it tells.</param>
/// <param name="OrderId">0 for a hidden order.</param>
/// <param name="Shares">Of the order, or what is taken off it.</param>
/// <param name="PriceTenThousandths">In 1e-4 of the quote asset.</param>
/// <param name="IsBuy">Side of the resting order, for executions too.</param>
public readonly record struct OrderFlowMessage(
    decimal Seconds, OrderFlowType Type, long OrderId, long Shares, long PriceTenThousandths, bool IsBuy);

/// <summary>
/// Reads recorded order flow: <c>lobster/*_message_*.csv.gz</c>, six columns without a header: seconds, type, order, shares,
/// price, direction.
/// </summary>
public static class OrderFlowMessages
{
    private const int Columns = 6;

    /// <summary>The file of a folder that is read: the largest, packed or plain.</summary>
    public static string Find(string folder) =>
        DataFolder.LargestOf(folder, "lobster/*_message_*.csv.gz", "lobster/*_message_*.csv");

    /// <summary>The messages in order, as many as are asked for.</summary>
    /// <exception cref="ReplayInputException">The file cannot be read or holds something else.</exception>
    public static IReadOnlyList<OrderFlowMessage> Read(string path, decimal secondsMax)
    {
        using var rows = CsvReader.WithoutHeader(path, Columns);
        var messages = new List<OrderFlowMessage>();
        while (rows.TryRead())
        {
            var message = MessageOf(rows);
            if (messages.Count > 0 && message.Seconds < messages[^1].Seconds)
            {
                throw rows.Fault(0, "at or after the time of the row before");
            }

            if (messages.Count > 0 && message.Seconds - messages[0].Seconds > secondsMax)
            {
                break;
            }

            messages.Add(message);
        }

        return messages.Count > 0 ? messages : throw ReplayInputException.In(path, "holds no messages");
    }

    private static OrderFlowMessage MessageOf(CsvReader rows)
    {
        var type = rows.Integer(1);
        var direction = rows.Integer(5);
        var message = new OrderFlowMessage(
            rows.Number(0), (OrderFlowType)type, rows.Integer(2), rows.Integer(3), rows.Integer(4), direction == 1);
        if (message.Seconds < 0)
        {
            throw rows.Fault(0, "a time after midnight");
        }

        if (type is < (long)OrderFlowType.New or > (long)OrderFlowType.Halt)
        {
            throw rows.Fault(1, "a type from 1 to 7");
        }

        if (type <= (long)OrderFlowType.Executed && message.Shares is < 1 or > 100_000_000)
        {
            throw rows.Fault(3, "a number of shares from 1 to 100,000,000");
        }

        if (type <= (long)OrderFlowType.HiddenExecuted && message.PriceTenThousandths is < 1 or > 10_000_000_000)
        {
            throw rows.Fault(4, "a price above 0 and up to 1,000,000");
        }

        return direction is 1 or -1 ? message : throw rows.Fault(5, "1 or -1");
    }
}
