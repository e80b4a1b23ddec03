import { any, variadic } from "../func.ts";
import type { Functions } from "../functions/builtins.ts";
import { print } from "../print/print.ts";
import type { Func } from "../value.ts";
import { type Content, contentOf } from "./content.ts";
import { escapeCss, filterCss } from "./css-escapers.ts";
import { forAttribute, forBareAttribute, forHtml, forName, forRcdata } from "./html-escapers.ts";
import { forJs, forJsRegexp, forJsTemplate, forJsText } from "./js-escapers.ts";
import { escapeUrl, filterSrcset, filterUrl, normalizeUrl } from "./url-escapers.ts";

function escaping(make: (content: Content) => string): Func {
  return variadic(any, (args, budget) => make(contentOf(args, budget)));
}

/** The functions that escaping appends to pipelines, by Go's names for them. */
export const escapeFunctions: Functions = new Map<string, Func>([
  ["_html_template_attrescaper", escaping(forAttribute)],
  ["_html_template_commentescaper", escaping(() => "")],
  ["_html_template_cssescaper", escaping(escapeCss)],
  ["_html_template_cssvaluefilter", escaping(filterCss)],
  ["_html_template_htmlnamefilter", escaping(forName)],
  ["_html_template_htmlescaper", escaping(forHtml)],
  ["_html_template_jsregexpescaper", escaping(forJsRegexp)],
  ["_html_template_jsstrescaper", escaping(forJsText)],
  ["_html_template_jstmpllitescaper", escaping(forJsTemplate)],
  ["_html_template_jsvalescaper", variadic(any, forJs)],
  ["_html_template_nospaceescaper", escaping(forBareAttribute)],
  ["_html_template_rcdataescaper", escaping(forRcdata)],
  ["_html_template_srcsetescaper", escaping(filterSrcset)],
  ["_html_template_urlescaper", escaping(escapeUrl)],
  ["_html_template_urlfilter", escaping(filterUrl)],
  ["_html_template_urlnormalizer", escaping(normalizeUrl)],
  ["_eval_args_", variadic(any, print)],
]);
