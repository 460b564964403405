using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Samples;

namespace HftDelta.Node.Clients;

/// <summary>One session of a client process, and what it does there. Owner: the process's one thread.</summary>
internal abstract class ClientPart : IDisposable
{
    public abstract ulong Key { get; }

    public abstract VenueClient Client { get; }

    public abstract SampleStatistics Statistics { get; }

    public bool IsEstablished => Client.Orders.IsEstablished;

    /// <summary>The venue does not want it.</summary>
    public bool IsRefused => Client.State == ConnectionState.Closed;

    /// <summary>Every request has its outcome, and nothing is to be asked for any more.</summary>
    public virtual bool IsQuiet
    {
        get
        {
            var quotes = Client.Orders.Quotes;
            for (var index = 0; index < quotes.Count; index++)
            {
                if (!quotes[index].IsSettled)
                {
                    return false;
                }
            }

            return Client.Orders.Outstanding == 0 && Client.Orders.Unresolved == 0;
        }
    }

    /// <summary>The duty cycle of the client, and what it does of its own.</summary>
    public abstract int DoWork();

    /// <summary>Takes out what rests.</summary>
    public virtual void Withdraw()
    {
        var quotes = Client.Orders.Quotes;
        for (var index = 0; index < quotes.Count; index++)
        {
            quotes[index].Withdraw();
        }
    }

    public void Dispose() => Client.Dispose();
}

/// <summary>A part that is one of the client library's samples.</summary>
internal sealed class SamplePart(ulong key, SampleClient sample) : ClientPart
{
    public override ulong Key => key;

    public override VenueClient Client => sample.Client;

    public override SampleStatistics Statistics => sample.Statistics;

    public override int DoWork() => sample.DoWork();
}
