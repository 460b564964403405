using HftDelta.Gateway.Connections;
using HftDelta.Node.Demo.Markets;

namespace HftDelta.Node.Demo.Participants;

/// <summary>The public stream as it comes through a connection. Owner: the driver.</summary>
internal sealed class PublicFeed(InProcessConnection connection, DemoMarket market) : PublicTape(market)
{
    public void Read()
    {
        while (connection.TryPeek(out var record))
        {
            Take(record.Frame);
            connection.Advance();
        }

        connection.Release();
    }
}
