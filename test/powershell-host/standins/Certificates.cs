using System.Management.Automation;
using System.Management.Automation.Provider;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Rdposture.PowerShellHost.StandIns;

/// <summary>`Cert:\LocalMachine\…` from the fixture: `der` in base64, and `key` in PEM where there is one.</summary>
[CmdletProvider("Certificate", ProviderCapabilities.None)]
public sealed class CertificateStandIn : NavigationCmdletProvider
{
    protected override System.Collections.ObjectModel.Collection<PSDriveInfo> InitializeDefaultDrives() => [new PSDriveInfo("Cert", ProviderInfo, "", "X509 Certificate Provider", null)];

    private static JsonNode? Store(string path)
    {
        var steps = path.Replace('/', '\\').Trim('\\').Split('\\');
        return steps.Length == 2 && steps[0].Equals("LocalMachine", StringComparison.OrdinalIgnoreCase) ? Fixture.Document["certificates"]?[steps[1]] : null;
    }

    protected override bool IsValidPath(string path) => true;
    protected override bool ItemExists(string path) => Store(path) is not null;
    protected override bool IsItemContainer(string path) => true;
    protected override bool HasChildItems(string path) => Store(path) is JsonArray { Count: > 0 };

    protected override void GetChildItems(string path, bool recurse)
    {
        if (Store(path) is JsonObject) throw new System.Security.Cryptography.CryptographicException("Zugriff verweigert") { HResult = unchecked((int)0x80070005) };
        foreach (var entry in Store(path)?.AsArray() ?? [])
        {
            var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(entry!["der"]!.GetValue<string>()));
            if (entry["key"]?.GetValue<string>() is { } pem) certificate = X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), pem);
            WriteItemObject(certificate, $"{path}\\{certificate.Thumbprint}", false);
        }
    }
}

/// <summary>The CNG key that .NET shows on Windows behind an RSA object; the module's type data put it on the one of here.</summary>
public static class KeyStandIn
{
    public static object? For(System.Security.Cryptography.RSA key)
    {
        var name = Fixture.Document["keyNames"]?[Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(key.ExportSubjectPublicKeyInfo()))]?.GetValue<string>() ?? Fixture.Document["keyName"]?.GetValue<string>();
        if (name is null) return null;
        var result = new PSObject();
        result.Properties.Add(new PSNoteProperty("UniqueName", name));
        return result;
    }
}
