namespace HftDelta.Gateway.Connections;

/// <summary>
/// What ended connections still cost: their streams repair losses for a while, and their logs stay until no thread can be
/// inside. Such a connection takes a place until then, or clients that come and go without end would be given memory without
/// end. Owner: the ingress agent.
/// </summary>
internal sealed class LingeringStreams
{
    private readonly List<Entry> _entries = [];

    /// <summary>Connections whose streams are not freed.</summary>
    public int Count => _entries.Count;

    /// <summary>Those of them that ended before their handshake did.</summary>
    public int Handshakes { get; private set; }

    public void Add(OutputStream reports, OutputStream? marketData, bool isHandshake)
    {
        _entries.Add(new Entry(reports, marketData, isHandshake));
        Handshakes += isHandshake ? 1 : 0;
    }

    /// <summary>Forgets what is freed.</summary>
    public void Look()
    {
        for (var index = _entries.Count - 1; index >= 0; index--)
        {
            var entry = _entries[index];
            if (entry.Reports.IsFreed && (entry.MarketData is null || entry.MarketData.IsFreed))
            {
                _entries.RemoveAt(index);
                Handshakes -= entry.IsHandshake ? 1 : 0;
            }
        }
    }

    private readonly record struct Entry(OutputStream Reports, OutputStream? MarketData, bool IsHandshake);
}
