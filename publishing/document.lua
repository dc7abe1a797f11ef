-- A filter for whole documents: what is unsafe goes, formulas that cannot be set become their source,
-- title and language come from document.json; it tells of all formulas in formulas.json.

local safe = dofile('safe_markup.lua')

local function read(name)
  local file <close> = assert(io.open(name, 'rb'))
  return file:read('a')
end

-- The list of sources comes last; what cites the third of them links to `source-3`.
local function name_sources(list)
  for number, item in ipairs(list.content) do
    local first = item[1]
    first.content = {pandoc.Span(first.content, pandoc.Attr('source-' .. number))}
  end
end

-- Where the picture of each figure is found: files of that name lie beside the text. A page holds its
-- pictures itself.
local function pictures(count)
  local targets = pandoc.List()
  for number = 1, count do
    local name = 'figure-' .. number .. '.png'
    local png = read(name)
    pandoc.mediabag.insert(name, 'image/png', png)
    targets[number] = FORMAT:match('^html') and pandoc.mediabag.make_data_uri('image/png', png) or name
  end
  return targets
end

function Pandoc(document)
  local request = pandoc.json.decode(read('document.json'))
  local refused = {}
  for _, number in ipairs(request.refused) do refused[number] = true end
  local clean, seen = safe.cleaned({document.blocks}, refused, request.sources, false, pictures(request.figures))
  local blocks = clean[1]
  local file <close> = assert(io.open('formulas.json', 'wb'))
  file:write(pandoc.json.encode(seen))
  if request.sources > 0 then name_sources(blocks[#blocks]) end
  -- Pandoc makes a title of the first heading where levels are shifted.
  local meta = {title = document.meta.title}
  if request.language ~= '' then meta.lang = request.language end
  if request.direction == 'rtl' then meta.dir = 'rtl' end
  if request.identifier ~= '' then meta.identifier = request.identifier end
  if request.title ~= '' and not meta.title then meta.title = pandoc.Inlines({pandoc.Str(request.title)}) end
  if request.slide_characters > 0 then
    blocks = dofile('divided.lua')(blocks, request.slide_characters, request.continued)
  end
  if FORMAT:match('^commonmark') then blocks = blocks:walk(safe.brackets) end
  return pandoc.Pandoc(blocks, meta)
end
