using System.Reflection;

namespace HftDelta.Tests.Disruptor.Surface;

/// <summary>
/// What source code can name of an assembly: public types with what they derive from and implement, and their public and
/// protected members with the types and names of parameters, one a line.
/// </summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The lines of one type; those of members that it inherits count as its own.</summary>
    public static IEnumerable<string> Of(Type type)
    {
        var name = Name(type);
        yield return $"{name}: {Kind(type)}";
        foreach (var contract in type.GetInterfaces().Where(contract => contract.IsVisible))
        {
            yield return $"{name}: is {Name(contract)}";
        }

        for (var owner = type; owner is not null && IsOfRings(owner); owner = owner.BaseType)
        {
            yield return $"{name}: is {Name(owner)}";
            foreach (var member in owner.GetMembers(Declared).SelectMany(member => Line(member, owner == type)))
            {
                yield return $"{name}: {member}";
            }
        }
    }

    private static bool IsOfRings(Type type) =>
        type.Namespace is { } space && space.Split('.')[0] == "Disruptor";

    private static IEnumerable<string> Line(MemberInfo member, bool isOwn) => member switch
    {
        ConstructorInfo made when isOwn && IsShown(made) && !made.IsStatic => [$"new({Parameters(made)})"],
        MethodInfo method when IsShown(method) =>
            [$"{Scope(method)}{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})"],
        FieldInfo field when field.IsPublic && !field.IsSpecialName =>
            [$"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}{Constant(field)}"],
        _ => [],
    };

    private static bool IsShown(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Scope(MethodBase method) => method.IsStatic ? "static " : "";

    private static string Constant(FieldInfo field) => field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "";

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Constrained))}>" : "";

    private static string Constrained(Type parameter)
    {
        var limits = parameter.GenericParameterAttributes & GenericParameterAttributes.SpecialConstraintMask;
        return limits.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint) ? $"{parameter.Name} struct"
            : limits.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? $"{parameter.Name} class" : parameter.Name;
    }

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter =>
            $"{(parameter.IsOut ? "out " : "")}{Name(parameter.ParameterType)} {parameter.Name}"
            + (parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")));

    private static string Kind(Type type) =>
        type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate" : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsSealed ? "sealed class" : type.IsAbstract ? "abstract class" : "class";

    private static string Name(Type type)
    {
        if (type.IsByRef || type.IsArray || type.IsPointer)
        {
            return Name(type.GetElementType()!) + (type.IsByRef ? "&" : type.IsArray ? "[]" : "*");
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        var own = type.Name.Split('`')[0];
        var place = type.DeclaringType is { } outer ? $"{Name(outer)}.{own}" : own;
        return type.IsGenericType && type.DeclaringType is not { IsGenericType: true }
            ? $"{place}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : place;
    }
}
