using HftDelta.Simulation.Engines;
using HftDelta.Wire;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>Short questions to the events of the last command.</summary>
internal static class EventReading
{
    /// <summary>Template ids of what clients and the public were told, in order, without settlement notices.</summary>
    public static ushort[] Words(this EngineHarness engine) => engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId != AccountSettledDecoder.TemplateId)
        .Select(record => record.TemplateId).ToArray();

    public static int Count(this EngineHarness engine, ushort templateId) =>
        engine.Events.Count(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == templateId);

    public static byte[] Single(this EngineHarness engine, ushort templateId) =>
        engine.Events.Single(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == templateId).Frame;

    public static byte[] Last(this EngineHarness engine, ushort templateId) =>
        engine.Events.Last(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == templateId).Frame;

    public static RejectCode OrderReject(this EngineHarness engine) =>
        OrderRejectedDecoder.Trusted(engine.Single(OrderRejectedDecoder.TemplateId)).Code;

    public static RejectCode CancelReject(this EngineHarness engine) =>
        OrderCancelRejectedDecoder.Trusted(engine.Single(OrderCancelRejectedDecoder.TemplateId)).Code;
}
