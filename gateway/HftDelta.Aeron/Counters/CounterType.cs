namespace HftDelta.Aeron.Counters;

/// <summary>What a counter means to Aeron's tools. The numbers are the official ones.</summary>
internal enum CounterType
{
    System = 0,
    PublisherLimit = 1,
    SenderPosition = 2,
    ReceiverHighWaterMark = 3,
    SubscriberPosition = 4,
    ReceiverPosition = 5,
    SendChannelStatus = 6,
    ReceiveChannelStatus = 7,
    SenderLimit = 9,
    PerImage = 10,
    PublisherPosition = 12,
    SenderBackPressure = 13,
    LocalSocketAddress = 14,
    FlowControlReceivers = 17,
    Destinations = 18,
    SenderNaksReceived = 19,
    ReceiverNaksSent = 20,

    /// <summary>Counters of this driver that have no official number: from the range that is left to applications.</summary>
    Driver = 4_800,
}
