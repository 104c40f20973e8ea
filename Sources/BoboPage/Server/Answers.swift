import BoboEngine
import HTTPTypes
import Hummingbird
import NIOCore

/// The kinds of answers, all with the same headers.
extension Response {
    /// Nothing of what is shown is kept by others, nothing runs or is loaded but what comes from here.
    static func headers(_ more: [HTTPField.Name: String] = [:]) -> HTTPFields {
        var fields = HTTPFields()
        fields[.cacheControl] = "no-store"
        fields[.xContentTypeOptions] = "nosniff"
        for (name, value) in headersForBrowsers { fields[name] = value }
        for (name, value) in more { fields[name] = value }
        return fields
    }

    private static let headersForBrowsers: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        (HTTPField.Name("Referrer-Policy"), "no-referrer"),
        (HTTPField.Name("Cross-Origin-Resource-Policy"), "same-origin"),
    ].compactMap { name, value in name.map { ($0, value) } }

    static func content(_ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: headers([.contentType: type]),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func json(_ bytes: [UInt8]) -> Response { content(bytes, type: "application/json") }

    static func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        content(Array(text.utf8), type: "text/plain; charset=utf-8", status: status)
    }

    static func page(_ bytes: [UInt8], _ status: HTTPResponse.Status = .ok) -> Response {
        content(bytes, type: "text/html; charset=utf-8", status: status)
    }

    static func file(_ file: PageFiles.File) -> Response { content(file.bytes, type: file.type) }

    static func stream(_ body: ResponseBody) -> Response {
        Response(status: .ok, headers: headers([.contentType: "text/event-stream"]), body: body)
    }

    /// `{"error": "…"}`.
    static func refusal(_ status: HTTPResponse.Status, _ reason: String) -> Response {
        var json = JSONWriter()
        json.raw("{\"error\":")
        json.write(reason)
        json.raw("}\n")
        return content(json.bytes, type: "application/json", status: status)
    }

    static func methodNotAllowed(_ allowed: [String]) -> Response {
        var response = refusal(.methodNotAllowed, "expected \(allowed.joined(separator: " or "))")
        response.headers[.allow] = allowed.joined(separator: ", ")
        return response
    }

    static var noAnswer: Response { refusal(.serviceUnavailable, "the gateway does not answer") }
}
