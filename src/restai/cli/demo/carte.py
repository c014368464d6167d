"""What Brisa y Brasa cooks: prices in céntimos, so that 46_00 reads as S/ 46.00.

Names are as a Limeño calls things; descriptions explain them to who is new in town.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from restai.cli.demo.premises import BAR, COLD, GRILL, HOT
from restai.features.branches.rules import NO_STATION
from restai.features.menu.rules import Allergen

A = Allergen  # one letter: a line of the menu names up to five


@dataclass(frozen=True)
class Question:
    """A group of modifiers: from `least` to `most` of `answers`, each with what it costs."""

    name: str
    answers: dict[str, int]
    least: int = 1
    most: int = 1


@dataclass(frozen=True)
class Dish:
    name: str
    price: int
    station: str
    minutes: int
    description: str
    allergens: list[Allergen] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


@dataclass(frozen=True)
class Chapter:
    """A category and its dishes."""

    name: str
    dishes: list[Dish]


SPICE = Question("Picante", {"Sin ají": 0, "Poco": 0, "Al punto": 0, "Bien picante": 0})
ON_TOP = Question(
    "Para agregar",
    {"Chicharrón de calamar": 14_00, "Palta": 6_00, "Camote glaseado": 4_00, "Choclo y cancha": 4_00},
    least=0,
    most=3,
)
POINT = Question("Término", {"Inglés": 0, "Medio": 0, "Tres cuartos": 0, "Bien cocido": 0})
SIDES = Question(
    "Guarnición",
    {
        "Papas fritas": 0,
        "Papas nativas doradas": 0,
        "Ensalada de la huerta": 0,
        "Choclo con mantequilla": 4_00,
        "Tacu tacu": 8_00,
    },
    most=2,
)
EGG = Question("A caballo", {"Huevo frito": 4_00, "Plátano frito": 5_00}, least=0, most=2)
CHICKEN = Question("Porción", {"Un cuarto": 0, "Medio pollo": 24_00, "Pollo entero": 58_00})
SAUCES = Question(
    "Cremas", {"Ají de la casa": 0, "Mayonesa": 0, "Huacatay": 0, "Chimichurri": 0}, least=0, most=4
)
ICE_CREAM = Question("Con helado", {"Bola de lúcuma": 7_00, "Bola de vainilla": 6_00}, least=0)
SIZE = Question("Tamaño", {"Vaso": 0, "Jarra de un litro": 18_00})
WATER = Question("Agua", {"Sin gas": 0, "Con gas": 0})
SODA = Question("Sabor", {"Amarilla": 0, "Cola": 0, "Cola sin azúcar": 0, "Naranja": 0})
MILK = Question("Leche", {"Entera": 0, "Sin lactosa": 2_00, "De almendras": 3_00}, least=0)
COFFEE = Question("Preparación", {"Pasado": 0, "Espresso": 0, "Cortado": 1_00, "Capuchino": 3_00})
HERB = Question("Hierba", {"Muña": 0, "Hierba luisa": 0, "Manzanilla": 0, "Coca": 0})
PISCO = Question("Pisco", {"Quebranta": 0, "Acholado": 0, "Italia": 3_00, "Mosto verde": 8_00})

CARTE = [
    Chapter(
        "Para empezar",
        [
            Dish("Causa limeña", 28_00, COLD, 8,
                 "Yellow potato kneaded with lime and ají amarillo, filled with chicken and avocado",
                 [A.EGGS, A.MUSTARD], ["signature"]),
            Dish("Papa a la huancaína", 24_00, COLD, 6,
                 "Potatoes under a creamy sauce of fresh cheese and ají amarillo, olives, egg",
                 [A.MILK, A.EGGS, A.GLUTEN], ["vegetarian"]),
            Dish("Choritos a la chalaca", 26_00, COLD, 8,
                 "Six mussels on the half shell, with corn, onion and tomato in lime",
                 [A.MOLLUSCS], ["gluten-free"]),
            Dish("Conchas a la parmesana", 42_00, HOT, 10,
                 "Scallops from the north gratinated with butter and parmesan",
                 [A.MOLLUSCS, A.MILK]),
            Dish("Anticuchos de corazón", 34_00, GRILL, 12,
                 "Skewers of beef heart in ají panca, with potatoes and corn from the embers",
                 [A.SULPHITES], ["signature", "spicy"], [SPICE]),
            Dish("Yuquitas doradas", 20_00, HOT, 9,
                 "Crisp cassava sticks with huancaína to dip",
                 [A.MILK, A.GLUTEN], ["vegetarian"]),
        ],
    ),
    Chapter(
        "Cebiches y tiraditos",
        [
            Dish("Cebiche clásico", 46_00, COLD, 10,
                 "Catch of the day in lime, red onion, ají limo, sweet potato and two kinds of corn",
                 [A.FISH, A.CELERY], ["signature", "gluten-free"], [SPICE, ON_TOP]),
            Dish("Cebiche mixto", 52_00, COLD, 12,
                 "Fish, octopus, squid, prawns and mussels in leche de tigre",
                 [A.FISH, A.MOLLUSCS, A.CRUSTACEANS, A.CELERY], ["gluten-free"], [SPICE, ON_TOP]),
            Dish("Cebiche carretillero", 54_00, COLD, 14,
                 "As from a cart at the market: classic cebiche crowned with crackling squid",
                 [A.FISH, A.MOLLUSCS, A.GLUTEN, A.CELERY], [], [SPICE]),
            Dish("Tiradito al ají amarillo", 44_00, COLD, 9,
                 "Fine slices of sole under a cream of yellow chilli, without onion",
                 [A.FISH, A.CELERY], ["gluten-free"], [SPICE]),
            Dish("Tiradito nikkei", 46_00, COLD, 9,
                 "Tuna with soy, sesame oil, lime and ginger, as Lima's Japanese kitchens make it",
                 [A.FISH, A.SOY, A.SESAME, A.GLUTEN], [], [SPICE]),
            Dish("Leche de tigre", 26_00, COLD, 5,
                 "The juice of the cebiche in a glass, with fish and a crisp of plantain",
                 [A.FISH, A.CELERY], ["spicy"], [SPICE]),
        ],
    ),
    Chapter(
        "Fondos criollos",
        [
            Dish("Lomo saltado", 52_00, HOT, 14,
                 "Strips of tenderloin from the wok with onion, tomato and soy, chips and rice",
                 [A.SOY, A.GLUTEN, A.SULPHITES], ["signature"], [POINT, EGG]),
            Dish("Ají de gallina", 42_00, HOT, 12,
                 "Shredded hen in a sauce of ají amarillo, bread, pecans and parmesan",
                 [A.GLUTEN, A.MILK, A.NUTS, A.EGGS]),
            Dish("Arroz con mariscos", 54_00, HOT, 18,
                 "Rice cooked in a broth of prawn heads, with all of the day's shellfish",
                 [A.CRUSTACEANS, A.MOLLUSCS, A.FISH], ["signature"], [SPICE]),
            Dish("Arroz con pato", 56_00, HOT, 18,
                 "Duck from Lambayeque braised in coriander and dark beer, on green rice",
                 [A.GLUTEN]),
            Dish("Seco de cabrito", 54_00, HOT, 16,
                 "Kid stewed in coriander and chicha de jora, with beans, cassava and criolla",
                 [A.GLUTEN]),
            Dish("Tacu tacu con mariscos", 52_00, HOT, 16,
                 "Crisp cake of beans and rice under a seafood sauce",
                 [A.CRUSTACEANS, A.MOLLUSCS, A.MILK], [], [EGG]),
            Dish("Tallarines verdes", 46_00, HOT, 14,
                 "Noodles in Peruvian pesto of basil and spinach, with a grilled steak",
                 [A.GLUTEN, A.MILK, A.NUTS], [], [POINT]),
            Dish("Quinotto de hongos", 40_00, HOT, 14,
                 "Quinoa stirred like a risotto with mushrooms from Porcón",
                 [A.MILK], ["vegetarian", "gluten-free"]),
        ],
    ),
    Chapter(
        "De la brasa",
        [
            Dish("Bife ancho, 350 g", 78_00, GRILL, 20,
                 "Rib-eye over algarrobo charcoal, rested, with coarse salt from Maras",
                 [], ["gluten-free"], [POINT, SIDES, SAUCES]),
            Dish("Lomo fino, 250 g", 84_00, GRILL, 18,
                 "Tenderloin over charcoal",
                 [], ["gluten-free"], [POINT, SIDES, SAUCES]),
            Dish("Pollo a la brasa", 32_00, GRILL, 15,
                 "Chicken from the rotisserie, a night in beer and spices, with chips and salad",
                 [A.SOY, A.GLUTEN, A.MUSTARD], ["signature"], [CHICKEN, SAUCES]),
            Dish("Pulpo al carbón", 62_00, GRILL, 16,
                 "Octopus with ají panca and chimichurri, native potatoes",
                 [A.MOLLUSCS], ["gluten-free"], [SAUCES]),
            Dish("Chuletón de cerdo", 58_00, GRILL, 22,
                 "Pork chop on the bone, glazed with maracuyá and soy",
                 [A.SOY, A.GLUTEN], [], [SIDES]),
            Dish("Parrillada de la huerta", 36_00, GRILL, 14,
                 "Asparagus, courgette, aubergine, corn and sweet potato from the embers",
                 [], ["vegan", "gluten-free"], [SAUCES]),
        ],
    ),
    Chapter(
        "Postres",
        [
            Dish("Suspiro a la limeña", 20_00, COLD, 4,
                 "Milk cooked down to caramel, under a meringue of port wine",
                 [A.MILK, A.EGGS, A.SULPHITES], ["vegetarian", "signature"]),
            Dish("Picarones", 22_00, HOT, 10,
                 "Rings of squash and sweet potato fried to order, in fig-leaf syrup",
                 [A.GLUTEN], ["vegan"], [ICE_CREAM]),
            Dish("Mazamorra morada", 16_00, COLD, 3,
                 "Purple corn thickened with quince, pineapple and dried fruit",
                 [A.SULPHITES], ["vegan", "gluten-free"]),
            Dish("Crema volteada", 18_00, COLD, 3,
                 "The caramel custard of every Lima grandmother",
                 [A.MILK, A.EGGS], ["vegetarian", "gluten-free"]),
            Dish("Torta de chocolate", 22_00, COLD, 4,
                 "Wet cake of cacao from Piura",
                 [A.GLUTEN, A.MILK, A.EGGS, A.NUTS], ["vegetarian"], [ICE_CREAM]),
        ],
    ),
    Chapter(
        "Bebidas",
        [
            Dish("Chicha morada", 12_00, BAR, 2,
                 "Purple corn with pineapple, cinnamon and clove, made in the house",
                 [], ["vegan"], [SIZE]),
            Dish("Limonada frozen", 14_00, BAR, 4,
                 "Lime and mint, blended with ice",
                 [], ["vegan"], [SIZE]),
            Dish("Agua mineral", 8_00, NO_STATION, 0, "Half a litre", [], ["vegan"], [WATER]),
            Dish("Gaseosa", 9_00, NO_STATION, 0, "A bottle of half a litre", [], ["vegan"], [SODA]),
            Dish("Café de Chanchamayo", 10_00, BAR, 4,
                 "Single origin, roasted in Lima",
                 [], ["vegetarian"], [COFFEE, MILK]),
            Dish("Infusión de la casa", 8_00, BAR, 4,
                 "Fresh herbs from the highlands in hot water",
                 [], ["vegan"], [HERB]),
        ],
    ),
    Chapter(
        "Pisco y compañía",
        [
            Dish("Pisco sour", 28_00, BAR, 5,
                 "Pisco, lime, syrup, egg white, three drops of bitters",
                 [A.EGGS], ["signature", "alcohol"], [PISCO]),
            Dish("Maracuyá sour", 30_00, BAR, 5,
                 "The same with passion fruit",
                 [A.EGGS], ["alcohol"], [PISCO]),
            Dish("Chilcano", 26_00, BAR, 3,
                 "Pisco, ginger ale, lime, on much ice",
                 [], ["alcohol"], [PISCO]),
            Dish("Cerveza del Valle Sagrado", 22_00, NO_STATION, 0,
                 "Craft beer from the Sacred Valley, 330 ml",
                 [A.GLUTEN], ["alcohol"]),
            Dish("Copa de tinto de Ica", 26_00, BAR, 2,
                 "A glass of Peruvian red, 150 ml",
                 [A.SULPHITES], ["alcohol"]),
        ],
    ),
]  # fmt: skip
